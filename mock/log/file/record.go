package file

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// A record's value is a header and the data. The header is a byte that is the version of the layout, the checksum
// (CRC-32C, 4 bytes), and the position of the record before it (8 bytes), all big-endian. The checksum is over
// everything but itself, and over the history and the position, so that a record in the wrong place is found.
const (
	recordVersion = 1
	headerSize    = 1 + 4 + 8
	keySize       = 8
)

// key returns the key of the record at a position.
func key(at log.Position) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, keySize), uint64(at))
}

// position returns the position of the record with a key.
func position(key []byte) (log.Position, error) {
	if len(key) != keySize {
		return 0, fmt.Errorf("key %.40x: must be a position of %d bytes", key, keySize)
	}
	return log.Position(binary.BigEndian.Uint64(key)), nil
}

// appendRecord appends the value of a record to a buffer.
func appendRecord(buffer []byte, r log.Record) []byte {
	start := len(buffer)
	buffer = append(buffer, recordVersion, 0, 0, 0, 0)
	buffer = binary.BigEndian.AppendUint64(buffer, uint64(r.After))
	buffer = append(buffer, r.Data...)
	binary.BigEndian.PutUint32(buffer[start+1:], checksum(r.History, r.At, buffer[start:]))
	return buffer
}

// decodeRecord returns the record with a value. Its data is the value's own memory.
func decodeRecord(history string, at log.Position, value []byte) (log.Record, error) {
	switch {
	case len(value) <= headerSize:
		return log.Record{}, fmt.Errorf("it has %d bytes; must be more than %d", len(value), headerSize)
	case value[0] != recordVersion:
		return log.Record{}, fmt.Errorf("its layout is version %d; must be %d", value[0], recordVersion)
	case binary.BigEndian.Uint32(value[1:]) != checksum(history, at, value):
		return log.Record{}, errors.New("its checksum is wrong")
	}
	after := log.Position(binary.BigEndian.Uint64(value[5:]))
	if after >= at {
		return log.Record{}, fmt.Errorf("it follows position %d", after)
	}
	return log.Record{History: history, At: at, After: after, Data: value[headerSize:]}, nil
}

// checksum returns the checksum of a value, which has a header.
func checksum(history string, at log.Position, value []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli) // made once
	sum := crc32.Update(0, table, []byte(history))
	var place [keySize]byte
	binary.BigEndian.PutUint64(place[:], uint64(at))
	sum = crc32.Update(sum, table, place[:])
	sum = crc32.Update(sum, table, value[:1])
	return crc32.Update(sum, table, value[5:])
}

// validName reports whether a history can have a name.
func validName(history string) bool {
	for i := range len(history) {
		c := history[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return len(history) >= 1 && len(history) <= 80
}
