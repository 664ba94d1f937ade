/** snappyjs ships no types. */
declare module "snappyjs" {
  const snappy: {
    compress(octets: Uint8Array): Uint8Array;
    uncompress(octets: Uint8Array, maxLength?: number): Uint8Array;
  };
  export default snappy;
}
