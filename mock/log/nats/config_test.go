package nats

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseURL(t *testing.T) {
	for _, c := range []struct {
		url  string
		want Config
	}{
		{"nats://host", Config{Servers: []string{"host:4222"}}},
		{"nats://host/", Config{Servers: []string{"host:4222"}}},
		{"nats://a:1,b,[::1],[::2]:5", Config{Servers: []string{"a:1", "b:4222", "[::1]:4222", "[::2]:5"}}},
		{"nats://a,nats://b/S-1_x", Config{Servers: []string{"a:4222", "b:4222"}, Stream: "S-1_x"}},
		{"tls://u:p%40:ss@a,b/S?replicas=3", Config{Servers: []string{"a:4222", "b:4222"}, TLS: true, User: "u", Password: "p@:ss", Stream: "S", Replicas: 3}},
		{"nats://token@a", Config{Servers: []string{"a:4222"}, Token: "token"}},
		{"nats://u:@a", Config{Servers: []string{"a:4222"}, User: "u"}},
		{"nats://a?max_bytes=10GB&timeout=2s&credentials=/x.creds", Config{Servers: []string{"a:4222"}, MaxBytes: 10 << 30, Timeout: 2 * time.Second, Credentials: "/x.creds"}},
		{"nats://a?ca=ca.pem&cert=c.pem&key=k.pem", Config{Servers: []string{"a:4222"}, TLS: true, CA: "ca.pem", Cert: "c.pem", Key: "k.pem"}},
	} {
		if c.want.Stream == "" {
			c.want.Stream = DefaultStream
		}
		if c.want.Timeout == 0 {
			c.want.Timeout = DefaultTimeout
		}
		got, err := ParseURL(c.url)
		if err != nil {
			t.Errorf("%s: got error %v, want none", c.url, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.url, diff)
		}
	}
}

func TestParseURLRejects(t *testing.T) {
	for url, want := range map[string]string{
		"":                                            "nats://",
		"host:4222":                                   "nats://",
		"http://u:hunter2@host":                       "nats://",
		"nats://":                                     "write host",
		"nats:///S":                                   "write host",
		"nats://u:hunter2@":                           "write host",
		"nats://u:hunter2@a,,b":                       "write host",
		"nats://u:hunter2@a:0":                        "port",
		"nats://u:hunter2@a:70000":                    "port",
		"nats://u:hunter2@a:x":                        "write host",
		"nats://u:hunter2@a b":                        "write host",
		"nats://u:hunter2@::1":                        "write host",
		"nats://u:hunter2@a,u:hunter2@b":              "once",
		"nats://u:hunter2@a,nats://u:hunter2@b":       "once",
		"nats://u:hunter2%zz@a":                       "%XX",
		"nats://:hunter2@a":                           "%XX",
		"nats://u:hunter2@a/S.x":                      "stream",
		"nats://u:hunter2@a/S/x":                      "stream",
		"nats://u:hunter2@a/%zz":                      "after its servers",
		"nats://u:hunter2@a/S#x":                      "after the ?",
		"nats://u:hunter2@a/S?%zz":                    "after the ?",
		"nats://u:hunter2@a/S?replica=3":              "unknown parameter \"replica\"",
		"nats://u:hunter2@a/S?replicas=x":             "replicas",
		"nats://u:hunter2@a/S?replicas=9":             "replicas must be 1, 3 or 5, got 9",
		"nats://u:hunter2@a/S?replicas=4":             "replicas must be 1, 3 or 5, got 4",
		"nats://u:hunter2@a/S?replicas=2":             "replicas must be 1, 3 or 5, got 2",
		"nats://u:hunter2@a/S?replicas=0":             "replicas must be 1, 3 or 5, got 0",
		"nats://u:hunter2@a?replicas=1&replicas=3":    "twice",
		"nats://u:hunter2@a/S?max_bytes=0":            "max_bytes",
		"nats://u:hunter2@a/S?max_bytes=9999999999TB": "max_bytes",
		"nats://u:hunter2@a/S?timeout=5":              "timeout",
		"nats://u:hunter2@a/S?timeout=1h":             "timeout",
		"nats://u:hunter2@a/S?cert=c":                 "together",
	} {
		_, err := ParseURL(url)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %q", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got the password in %v", url, err)
		}
	}
}
