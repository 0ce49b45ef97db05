package spec

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/oasdiff/yaml3"
)

// part is a part of a contract's file. The zero part does not exist, and has no parts.
type part struct {
	file *file
	node *yaml.Node
	line int // where it begins: at its name, if it has one
}

// exists reports whether the file has such a part.
func (p part) exists() bool { return p.node != nil }

// text returns a string, number or boolean as it is written, without quotes.
func (p part) text() string {
	if !p.exists() || p.node.Kind != yaml.ScalarNode {
		return ""
	}
	return p.node.Value
}

// keys yields the name and the value of each key of a mapping, merged keys last.
func (p part) keys() iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(name, value *yaml.Node) bool) { yieldKeys(p.node, yield) }
}

func yieldKeys(n *yaml.Node, yield func(name, value *yaml.Node) bool) bool {
	n = target(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return true
	}
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		if name.Tag == "!!merge" {
			merged = append(merged, value)
		} else if !yield(name, value) {
			return false
		}
	}
	for _, value := range merged {
		list := []*yaml.Node{value}
		if value = target(value); value.Kind == yaml.SequenceNode {
			list = value.Content
		}
		for _, one := range list {
			if !yieldKeys(one, yield) {
				return false
			}
		}
	}
	return true
}

// target returns the node that an alias stands for, or the node itself.
func target(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// lineOf returns the line of a key of a mapping, and whether the key exists.
func (p part) lineOf(key string) (int, bool) {
	for name := range p.keys() {
		if name.Value == key {
			return name.Line, true
		}
	}
	return 0, false
}

// get returns the value of a key of a mapping, or what the value refers to.
func (p part) get(key string) part { return p.child(key).referred() }

// child returns the value of a key of a mapping.
func (p part) child(key string) part {
	for name, value := range p.keys() {
		if name.Value == key {
			return part{p.file, target(value), name.Line}
		}
	}
	return part{}
}

// items returns the items of a sequence, or what they refer to.
func (p part) items() []part {
	if !p.exists() || p.node.Kind != yaml.SequenceNode {
		return nil
	}
	var list []part
	for _, item := range p.node.Content {
		list = append(list, part{p.file, target(item), item.Line}.referred())
	}
	return list
}

// item returns the item of a sequence with an index.
func (p part) item(index string) part {
	items := p.items()
	if i, err := strconv.Atoi(index); err == nil && i >= 0 && i < len(items) {
		return items[i]
	}
	return part{}
}

// all returns the items of several sequences of a mapping.
func (p part) all(keys ...string) []part {
	var list []part
	for _, key := range keys {
		list = append(list, p.get(key).items()...)
	}
	return list
}

// has reports whether one of the items of a sequence is a string.
func (p part) has(text string) bool {
	return slices.ContainsFunc(p.items(), func(item part) bool { return item.text() == text })
}

var unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")

// referred follows a $ref. The contract was loaded before, so no $ref leads back to itself.
func (p part) referred() part {
	pointer, ok := strings.CutPrefix(p.child("$ref").text(), "#/")
	if !ok {
		return p
	}
	names := strings.Split(pointer, "/")
	for i, name := range names {
		names[i] = unescapePointer.Replace(name)
	}
	return p.file.at(names...)
}
