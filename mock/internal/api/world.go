package api

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// SplitWorld takes the name of a world off a token such as "demo-token@blue", if what stands
// before the @ is somebody's token and the whole is nobody's. The name may be empty. It returns
// the headers as they would be without it; those that it was given stay as they are.
func SplitWorld(s *store.State, h http.Header) (without http.Header, name string, named bool) {
	value := h.Get("Authorization")
	scheme, rest, _ := strings.Cut(value, " ")
	switch {
	case strings.EqualFold(scheme, schemeBearer):
		if token, name, ok := splitToken(s, strings.TrimSpace(rest)); ok {
			return with(h, "Authorization", scheme+" "+token), name, true
		}
	case strings.EqualFold(scheme, schemeBasic):
		email, secret, err := basicPair(strings.TrimSpace(rest))
		if err != nil {
			break
		}
		if token, name, ok := splitToken(s, secret); ok {
			return with(h, "Authorization", scheme+" "+base64.StdEncoding.EncodeToString([]byte(email+":"+token))), name, true
		}
	case value == "":
		if token, name, ok := splitToken(s, h.Get("X-Api-Token")); ok {
			return with(h, "X-Api-Token", token), name, true
		}
	}
	return h, "", false
}

func splitToken(s *store.State, token string) (base, name string, ok bool) {
	at := strings.LastIndexByte(token, '@')
	if at < 1 {
		return "", "", false
	}
	if _, whole := s.StaffByToken(token); whole {
		return "", "", false
	}
	_, known := s.StaffByToken(token[:at])
	return token[:at], token[at+1:], known
}

func with(h http.Header, name, value string) http.Header {
	h = h.Clone()
	h.Set(name, value)
	return h
}
