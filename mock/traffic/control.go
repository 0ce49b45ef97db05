package traffic

import (
	"errors"
	"time"
)

// Problem is the body of every answer of the control API from status 400 on (RFC 9457).
type Problem struct {
	Type   string `json:"type"`   // always "about:blank"
	Title  string `json:"title"`  // the name of the status
	Status int    `json:"status"` // the same as the answer's
	Detail string `json:"detail"` // what is wrong and what to do about it
}

// UnmetExpectation is the Problem of an expectation that does not hold.
type UnmetExpectation struct {
	Problem
	Result
}

// Health says that a mock is up.
type Health struct {
	Status        string `json:"status"`   // always "ok"
	Version       string `json:"version"`  // of the program
	Scenario      string `json:"scenario"` // its name
	Operations    int    `json:"operations"`
	Worlds        int    `json:"worlds"`
	UptimeSeconds int64  `json:"uptime_seconds"`
}

// World describes one world.
type World struct {
	Name      string    `json:"name"`
	Used      time.Time `json:"used"`      // when a request last used it
	Exchanges int64     `json:"exchanges"` // so far, including those that the journal no longer has
	Scenario  string    `json:"scenario"`  // the built-in scenario that a reset returns to; "" for other data
	Snapshots []string  `json:"snapshots"` // their names; never nil
}

// Worlds lists all worlds, by name.
type Worlds struct {
	Worlds []World `json:"worlds"`
}

// NewWorld asks for a world.
type NewWorld struct {
	Name string `json:"name"`
	From string `json:"from"` // the world to copy; "" for the scenario

	// Scenario is the name of a built-in scenario to begin with; "" for that of the mock. It excludes From.
	Scenario string `json:"scenario"`
}

// Reset asks for the data that a world began with.
type Reset struct {
	Scenario string `json:"scenario"` // the name of a built-in scenario to begin with from now on; "" for the present one
}

// Reload says what a server did when it read its files again.
type Reload struct {
	Worlds int      `json:"worlds"` // how many follow the files
	Notes  []string `json:"notes"`  // what was kept and dropped of what was changed at run time, a sentence each; never nil
	More   int      `json:"more"`   // how many notes there were beyond MaxNotes
}

// MaxNotes is the max number of notes of a Reload.
const MaxNotes = 100

// ErrNothingToReload says that a server was started without files that could be read again.
var ErrNothingToReload = errors.New("there is nothing to reload: the mock was started without --fixtures and --spec")

// ErrNotReloadable says that a server keeps the worlds in a log, where they cannot be made to follow other files.
var ErrNotReloadable = errors.New("there is nothing to reload: worlds that are kept in --data or --store do not follow files that change")

// Scenario is data that a world can begin with.
type Scenario struct {
	Name  string `json:"name"`
	About string `json:"about"` // what it holds
}

// Scenarios lists the built-in scenarios, by name.
type Scenarios struct {
	Scenarios []Scenario `json:"scenarios"`
}

// Change is the event that a stream sends when a world was changed other than by a request to the API.
type Change struct {
	Changes int64 `json:"changes"` // how many there were so far
}

// Deleted names the world that was deleted.
type Deleted struct {
	Deleted string `json:"deleted"`
}

// Snapshots lists the names of a world's snapshots.
type Snapshots struct {
	Snapshots []string `json:"snapshots"`
}

// Snapshot names the snapshot that a request was about.
type Snapshot struct {
	Snapshot string `json:"snapshot"`
}

// Clock is the time in a world.
type Clock struct {
	Now   time.Time `json:"now"`
	Still bool      `json:"still"` // it does not go on
}

// ClockChange sets a world's clock. With Now alone the clock goes on as the server's does, with Still
// alone it stops or goes on at its present time, and without both it follows the server's clock again.
type ClockChange struct {
	Now   *time.Time `json:"now"`
	Still *bool      `json:"still"`
}

// Journal is a part of a world's journal.
type Journal struct {
	Exchanges []Exchange `json:"exchanges"` // the newest first
	LastID    int64      `json:"last_id"`   // of the newest exchange, even if a filter left it out; 0 when there was none
	Dropped   int        `json:"dropped"`   // how many exchanges were dropped since the last reset, to stay within the limits
}

// Gap is the event that a stream sends instead of exchanges that the journal no longer has.
type Gap struct {
	Missed int64 `json:"missed"` // how many
}

// Login asks for a session.
type Login struct {
	Token string `json:"token"`        // of the control API
	To    string `json:"to,omitempty"` // of a form: the path below /_mock/ to which the answer leads
}

// Credentials are what a plugin's settings need to call the API of a world.
type Credentials struct {
	Email   string   `json:"email"`
	Token   string   `json:"token"`
	Schemes []string `json:"schemes"` // how they may be sent: "basic", "bearer", "header"; empty if none are required
}

// Session says whether a browser is logged in to the control API.
type Session struct {
	Active  bool       `json:"active"`
	Expires *time.Time `json:"expires,omitempty"` // nil when it is not active
}
