package file

// Changed returns a channel that is closed at the next change of what Ready and Sync look at.
func (l *Log) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}
