//go:build !linux

package redis

import "syscall"

// attributes: only Linux can bind a child's life to its parent's.
func attributes() *syscall.SysProcAttr { return nil }
