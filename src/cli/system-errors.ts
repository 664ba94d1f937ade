/** Node's codes of a path or a disk that a person can mend, in words. */
export const systemErrorWords: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "is a directory",
  ENOTDIR: "is not a directory",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "symbolic links lead in a circle",
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EMFILE: "too many files are open",
  EADDRINUSE: "the address is in use",
};
