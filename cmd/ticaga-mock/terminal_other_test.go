//go:build !linux

package main

import "log"

// screen is there for the scripts that need a terminal, which the tests can make only on Linux.
func screen() { log.Fatal("screen: only on Linux") }
