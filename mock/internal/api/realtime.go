package api

import "github.com/ticaga-mock/ticaga-mock/mock/internal/store"

// getRealtimeConfig handles GET /api/realtime/config [B2y]. There is no broadcasting server here, so
// it is off [I]; prefix and event are what the plugin assumes.
func getRealtimeConfig(*store.Store, Request) (any, error) {
	return struct {
		Enabled       bool   `json:"enabled"`
		Key           string `json:"key"`
		Host          string `json:"host"`
		Port          int    `json:"port"`
		Scheme        string `json:"scheme"`
		ChannelPrefix string `json:"channel_prefix"`
		Event         string `json:"event"`
	}{ChannelPrefix: "ticket.", Event: "reply.created"}, nil
}
