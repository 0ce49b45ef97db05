package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
)

// ticketCodes makes the codes of tickets: four capital letters, a slash and five digits, such as
// ABCD/12345 [B2y]. No two tickets share one whose ids are less than codeCount apart.
type ticketCodes struct {
	start, step uint64          // from the seed
	given       map[string]bool // codes that fixtures set themselves
}

// codeCount is how many codes there are: 26^4 * 10^5.
const codeCount = 26 * 26 * 26 * 26 * 100_000

// newTicketCodes sets the codes of fixtures aside. The error says which of them is a duplicate.
func newTicketCodes(seed int64, fixtures []Ticket) (*ticketCodes, error) {
	sum := sha256.Sum256(fmt.Appendf(nil, "codes %d", seed))
	c := &ticketCodes{
		start: binary.BigEndian.Uint64(sum[:]) % codeCount,
		step:  binary.BigEndian.Uint64(sum[8:]) % codeCount,
		given: map[string]bool{},
	}
	// A step that shares no factor with the number of codes visits each of them once.
	for c.step%2 == 0 || c.step%5 == 0 || c.step%13 == 0 {
		c.step++
	}
	for i, t := range fixtures {
		if t.Code == "" {
			continue
		}
		if c.given[t.Code] {
			return nil, fmt.Errorf("/%d/%w", i, twice("ticket_code", t.Code))
		}
		c.given[t.Code] = true
	}
	return c, nil
}

// of returns the code of a ticket.
func (c *ticketCodes) of(id int64) string {
	for n := uint64(id); ; n += codeCount/2 + 1 { // far from the ids of other tickets
		high, low := bits.Mul64(n, c.step)
		code := codeText((bits.Rem64(high, low, codeCount) + c.start) % codeCount)
		if !c.given[code] {
			return code
		}
	}
}

func codeText(n uint64) string {
	letters, digits := n/100_000, n%100_000
	var text [4]byte
	for i := range text {
		text[3-i] = byte('A' + letters%26)
		letters /= 26
	}
	return fmt.Sprintf("%s/%05d", text[:], digits)
}
