package world

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// mark is a journal.Entry in JSON that is no exchange.
type mark struct {
	Reset    bool     `json:"reset,omitempty"`
	Expected int64    `json:"expected,omitempty"`
	Codes    []string `json:"codes,omitempty"`
}

// exchange is a traffic.Exchange in JSON, with what the control API does not show.
type exchange struct {
	shown
	Target      string `json:"target,omitempty"`
	Fields      fields `json:"fields,omitempty"`
	QueryFields fields `json:"query_fields,omitempty"`
}

type shown traffic.Exchange

// fields are decoded as those of requests are: numbers are a json.Number.
type fields map[string]any

func (f *fields) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode((*map[string]any)(f))
}

// written is an exchange in JSON, from a record.
type written []byte

// Exchange implements journal.Later.
func (text written) Exchange() traffic.Exchange {
	var x exchange
	if err := json.Unmarshal(text, &x); err != nil { // that the rest of the world can be read is worth more
		return traffic.Exchange{Remark: "This version of ticaga-mock cannot read the exchange, which another one has recorded."}
	}
	all := traffic.Exchange(x.shown)
	all.Target, all.Fields, all.QueryFields = x.Target, x.Fields, x.QueryFields
	return all
}

// appendEntry appends an entry of a journal in JSON.
func appendEntry(text []byte, e journal.Entry) (_ []byte, err error) {
	var value []byte
	switch {
	case e.Exchange != nil:
		value, err = json.Marshal(exchange{shown(*e.Exchange), e.Exchange.Target, e.Exchange.Fields, e.Exchange.QueryFields})
	case e.Later != nil:
		value = e.Later.(written)
	default:
		value, err = json.Marshal(mark{e.Reset, e.Expected, e.Codes})
		return append(text, value...), err
	}
	text = fmt.Appendf(text, `{"bytes":%d,"exchange":`, e.Bytes)
	return append(append(text, value...), '}'), err
}

// decodeEntry reads what appendEntry has written, and decodes no exchange.
func decodeEntry(text []byte) (e journal.Entry, err error) {
	err = jsontext.Members(text, func(name string, value []byte) error {
		switch name {
		case "exchange":
			e.Later = written(bytes.Clone(value)) // so that the rest of a record is not kept alive
			return nil
		case "bytes":
			return json.Unmarshal(value, &e.Bytes)
		case "reset":
			return json.Unmarshal(value, &e.Reset)
		case "expected":
			return json.Unmarshal(value, &e.Expected)
		case "codes":
			return json.Unmarshal(value, &e.Codes)
		}
		return fmt.Errorf("unknown member %.40q", name)
	})
	return e, err
}
