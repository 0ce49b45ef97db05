package nats

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// headHeader is the header that makes a message a record.
const headHeader = "Ticaga-Record"

// head is what a message says about its record. It is written as "1 AFTER SIZE ID PARTS": the version of this format;
// where the record before it was; how many bytes the record has if it is compressed, otherwise 0; and the parts that
// it consists of, otherwise "- 0".
type head struct {
	after log.Position
	size  int
	id    string
	parts int
}

var (
	errForeign = errors.New("not a record")
	errNewer   = errors.New("a newer version of ticaga-mock has written it; update this one")
	errBroken  = errors.New("its compressed data is broken")
)

func (h head) String() string {
	if h.size == 0 && h.parts == 0 {
		return "1 " + strconv.FormatUint(uint64(h.after), 10) + " 0 - 0"
	}
	id := h.id
	if id == "" {
		id = "-"
	}
	return fmt.Sprintf("1 %d %d %s %d", h.after, h.size, id, h.parts)
}

func parseHead(text string) (head, error) {
	var h head
	if text == "" || len(text) > 120 {
		return h, errForeign
	}
	fields := strings.Fields(text)
	if n, err := strconv.Atoi(fields[0]); err != nil || n < 1 {
		return h, errForeign
	} else if n > 1 {
		return h, errNewer
	}
	if len(fields) != 5 {
		return h, errForeign
	}
	after, err := strconv.ParseUint(fields[1], 10, 64)
	size, err2 := strconv.ParseUint(fields[2], 10, 32)
	parts, err3 := strconv.ParseUint(fields[4], 10, 32)
	if err != nil || err2 != nil || err3 != nil || size > log.MaxRecord || parts > log.MaxRecord {
		return h, errForeign
	}
	return head{after: log.Position(after), size: int(size), id: fields[3], parts: int(parts)}, nil
}

// pack returns data compressed if it has at least threshold bytes and gets smaller, otherwise data itself.
func (h *head) pack(data []byte, threshold int) []byte {
	if len(data) < threshold {
		return data
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return data
	}
	_, err = w.Write(data)
	if err != nil || w.Close() != nil || b.Len() >= len(data) {
		return data
	}
	h.size = len(data)
	return b.Bytes()
}

// unpack is the opposite of pack.
func (h *head) unpack(data []byte) ([]byte, error) {
	if h.size == 0 {
		return data, nil
	}
	if h.size/1100 > len(data) { // more than flate can do
		return nil, errBroken
	}
	whole := make([]byte, h.size)
	r := flate.NewReader(bytes.NewReader(data))
	if _, err := io.ReadFull(r, whole); err != nil {
		return nil, errBroken
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return nil, errBroken
	}
	return whole, nil
}
