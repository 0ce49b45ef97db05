package main

// terminalControls returns true, as Windows has no SIGHUP that anybody could send.
func terminalControls() bool { return true }
