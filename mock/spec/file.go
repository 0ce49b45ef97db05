package spec

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"

	"github.com/oasdiff/yaml3"
)

// file is the text of a contract. It reads only the blocks that are asked for, because reading the
// whole file would delay the first violation. It is safe for concurrent use.
type file struct {
	data []byte
	load func() []byte // instead of data, where few need it

	compiled map[string]string // the blocks that violations refer to, by their names, for codec.node
	strings  []string          // of compiled

	mu     sync.Mutex
	blocks map[string]part // the blocks read so far, by their names
	whole  part            // all of it, if some block could not be read alone
}

func (f *file) text() []byte {
	if f.load != nil {
		return f.load()
	}
	return f.data
}

// at returns the part at a path of names.
func (f *file) at(names ...string) part {
	depth := 1
	switch names[0] {
	case "paths":
		depth = 2
	case "components":
		depth = 3
	}
	depth = min(depth, len(names))
	p := f.block(names[:depth]).referred()
	for _, name := range names[depth:] {
		if next := p.get(name); next.exists() {
			p = next
		} else {
			p = p.item(name)
		}
	}
	return p
}

// block returns a part that probably has a block of lines of its own in the file.
func (f *file) block(names []string) part {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := strings.Join(names, "\n")
	if p, ok := f.blocks[key]; ok {
		return p
	}
	if data, ok := f.compiled[key]; ok {
		node := newCodec(&reader{strings: f.strings, data: data}).node(nil)
		return f.keep(key, part{file: f, node: node}.child(names[len(names)-1]))
	}
	if !f.whole.exists() {
		if p, ok := f.readBlock(names); ok {
			return f.keep(key, p)
		}
		f.whole = f.readAll()
	}
	p := f.whole
	for _, name := range names {
		p = p.child(name)
	}
	return p
}

// keep returns a block, and keeps it for later.
func (f *file) keep(key string, p part) part {
	if f.blocks == nil {
		f.blocks = map[string]part{}
	}
	f.blocks[key] = p
	return p
}

// readAll reads the whole file. A file that is JSON is read as if it had no lines.
func (f *file) readAll() part {
	data := f.text()
	isJSON := json.Valid(data)
	if isJSON { // YAML does not allow every blank that JSON does
		var compact bytes.Buffer
		_ = json.Compact(&compact, data) // it is valid
		data = compact.Bytes()
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil || len(document.Content) != 1 { // it was readable before
		return part{file: f, node: &yaml.Node{}}
	}
	if isJSON {
		setLines(&document, func(int) int { return 0 })
	}
	return part{file: f, node: document.Content[0]}
}

// readBlock reads the lines of one block. It returns false when the names are not on lines of their
// own, or when the block needs others, as an alias does.
func (f *file) readBlock(names []string) (part, bool) {
	all := bytes.SplitAfter(f.text(), []byte("\n"))
	begin, end := -1, len(all)
	for i, name := range names {
		if i > 0 && !isBare(all[begin], names[i-1]) {
			return part{}, false
		}
		var ok bool
		if begin, end, ok = findBlock(all, begin+1, end, name); !ok {
			return part{}, false
		}
	}
	var document yaml.Node
	if err := yaml.Unmarshal(bytes.Join(all[begin:end], nil), &document); err != nil || len(document.Content) != 1 {
		return part{}, false
	}
	setLines(&document, func(line int) int { return line + begin })
	p := part{file: f, node: document.Content[0]}.child(names[len(names)-1])
	return p, p.exists()
}

// findBlock finds the key with a name among the keys of a mapping that are on lines of their own,
// and the line where the next key begins. It returns false when there is not exactly one such key.
func findBlock(lines [][]byte, from, to int, name string) (begin, end int, ok bool) {
	level := -1
	for i := from; i < to; i++ {
		text := bytes.TrimLeft(lines[i], " ")
		indent := len(lines[i]) - len(text)
		text = bytes.TrimSpace(text)
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		if level < 0 {
			level = indent
		}
		if indent > level || text[0] == '-' { // inside, or an item that is not indented
			continue
		}
		if _, found := afterKey(text, name); found {
			if ok {
				return 0, 0, false
			}
			begin, end, ok = i, to, true
		} else if ok && end == to {
			end = i
		}
	}
	return begin, end, ok
}

// afterKey returns what follows a key and its colon on a line.
func afterKey(line []byte, name string) (rest []byte, ok bool) {
	for _, written := range []string{name, "'" + name + "'", `"` + name + `"`} {
		rest, ok = bytes.CutPrefix(line, []byte(written+":"))
		if ok && (len(rest) == 0 || rest[0] == ' ') {
			return bytes.TrimSpace(rest), true
		}
	}
	return nil, false
}

// isBare reports whether the value of a key begins below the line of the key.
func isBare(line []byte, name string) bool {
	rest, ok := afterKey(bytes.TrimSpace(line), name)
	return ok && (len(rest) == 0 || rest[0] == '#')
}

// setLines changes the line of a node, and of all in it.
func setLines(n *yaml.Node, change func(int) int) {
	n.Line = change(n.Line)
	for _, inner := range n.Content {
		setLines(inner, change)
	}
}
