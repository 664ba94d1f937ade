// The etcd server of the version that Kubernetes pins; the module of its own command replaces what it requires, so
// that it cannot be built from another module.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
