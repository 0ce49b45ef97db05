package nats

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config says where a log is and how to reach it. What it does not say has a default.
type Config struct {
	Servers  []string // host:port of one or more servers of a cluster; the client finds the others itself
	TLS      bool     // require TLS; on when CA or Cert is set
	CA       string   // a file with certificates of authorities that the servers' certificates are from; "" for the system's
	Cert     string   // a file with this client's certificate, and Key with its key
	Key      string
	User     string // with Password; or a token alone
	Password string
	Token    string

	Credentials string // a file with a JWT and the seed of its key, as nsc writes it

	Stream   string        // holds the log; DefaultStream by default. Its subjects begin with its name
	Replicas int           // of the stream when it is created: 1 (default), 3 or 5
	MaxBytes int64         // of the stream when it is created; 0 for no limit
	Timeout  time.Duration // of a request to a server; DefaultTimeout by default
}

// What a Config does not say.
const (
	DefaultStream  = "TICAGA_MOCK"
	DefaultTimeout = 5 * time.Second
	defaultPort    = "4222"
)

// ParseURL returns the Config that a URL describes:
//
//	nats://user:password@host:4222,host2:4222/STREAM?replicas=3
//
// The scheme is nats or tls, a user without a password is a token, and the port is 4222 by default. After the ? come
// replicas, max_bytes (bytes, or with KB, MB, GB), timeout (a duration) and the files ca, cert, key and credentials.
// Errors never contain the password.
func ParseURL(text string) (Config, error) {
	var c Config
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || scheme != "nats" && scheme != "tls" {
		return c, errors.New("the URL of a log must begin with nats:// or tls://")
	}
	c.TLS = scheme == "tls"
	rest = strings.ReplaceAll(rest, ","+scheme+"://", ",") // as clients of NATS write it, too
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, rest := rest[:end], rest[end:]
	if strings.Contains(rest, "@") { // rather than to take a part of a password for a host, and to show it
		return c, errors.New("the URL of a log is not valid: write the characters @ / ? # of a user, a password or a path as %XX")
	}
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		if err := c.login(authority[:at]); err != nil {
			return c, err
		}
		authority = authority[at+1:]
	}
	for host := range strings.SplitSeq(authority, ",") {
		server, err := address(host)
		if err != nil {
			return c, err
		}
		c.Servers = append(c.Servers, server)
	}
	u, err := url.Parse(rest)
	if err != nil {
		return c, errors.New("the URL of a log is not valid after its servers; write nats://host:4222/STREAM?replicas=3")
	}
	c.Stream = strings.TrimPrefix(u.Path, "/")
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || u.Fragment != "" {
		return c, errors.New("the URL of a log is not valid after the ?; write name=value pairs with & between them")
	}
	for name, values := range query {
		if len(values) > 1 {
			return c, fmt.Errorf("the URL of a log has %q twice", name)
		}
		if err := c.set(name, values[0]); err != nil {
			return c, err
		}
	}
	return c.filled()
}

func (c *Config) login(userinfo string) error {
	if strings.Contains(userinfo, "@") || strings.Contains(userinfo, "://") {
		return errors.New("the URL of a log has more than one user; name the user once, before the first host")
	}
	user, password, both := strings.Cut(userinfo, ":")
	user, err := url.PathUnescape(user)
	password, err2 := url.PathUnescape(password)
	if err != nil || err2 != nil || user == "" {
		return errors.New("the user or the password in the URL of a log is not valid; write special characters as %XX")
	}
	if both {
		c.User, c.Password = user, password
	} else {
		c.Token = user
	}
	return nil
}

func address(host string) (string, error) {
	u, err := url.Parse("nats://" + host)
	if err != nil || u.Hostname() == "" || u.Host != host || strings.Contains(u.Hostname(), ":") != strings.HasPrefix(host, "[") {
		return "", fmt.Errorf("server %.100q of the URL of a log is not valid; write host or host:port", host)
	}
	port := u.Port()
	if port == "" {
		port = defaultPort
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return "", fmt.Errorf("server %.100q of the URL of a log: the port must be 1 to 65535", host)
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

func (c *Config) set(name, value string) (err error) {
	switch name {
	case "replicas":
		if c.Replicas, err = strconv.Atoi(value); err == nil {
			return copies(c.Replicas)
		}
	case "max_bytes":
		c.MaxBytes, err = size(value)
	case "timeout":
		c.Timeout, err = time.ParseDuration(value)
	case "ca":
		c.CA = value
	case "cert":
		c.Cert = value
	case "key":
		c.Key = value
	case "credentials":
		c.Credentials = value
	default:
		return fmt.Errorf("the URL of a log has the unknown parameter %.40q; it can have replicas, max_bytes, timeout, ca, cert, key and credentials", name)
	}
	if err != nil {
		return fmt.Errorf("%s=%.40q in the URL of a log is not valid", name, value)
	}
	return nil
}

// copies says what is wrong with a number of replicas. JetStream accepts 2 and 4, too; they survive no more than 1 and 3
// do, and each record costs more.
func copies(n int) error {
	if n == 1 || n == 3 || n == 5 {
		return nil
	}
	return fmt.Errorf("replicas must be 1, 3 or 5, got %d", n)
}

func size(text string) (int64, error) {
	factor := int64(1)
	for i, unit := range []string{"KB", "MB", "GB", "TB"} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			text, factor = number, 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil && (n < 1 || n > 1<<62/factor) {
		err = strconv.ErrRange
	}
	return n * factor, err
}

// filled returns c with its defaults, or says what is wrong with it.
func (c Config) filled() (Config, error) {
	if c.Stream == "" {
		c.Stream = DefaultStream
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	c.TLS = c.TLS || c.CA != "" || c.Cert != ""
	switch {
	case len(c.Servers) == 0:
		return c, errors.New("a log needs at least one server")
	case !named(c.Stream, 64, func(r rune) bool { return r >= 'A' && r <= 'Z' || inHistory(r) }):
		return c, fmt.Errorf("stream %.80q: a name must be 1 to 64 characters out of A-Z, a-z, 0-9, - and _", c.Stream)
	case c.Replicas != 0 && copies(c.Replicas) != nil:
		return c, copies(c.Replicas)
	case c.MaxBytes < 0:
		return c, fmt.Errorf("max_bytes of a log must be 0 (no limit) or greater, got %d", c.MaxBytes)
	case c.Timeout < 10*time.Millisecond || c.Timeout > time.Minute:
		return c, fmt.Errorf("timeout of a log must be 10ms to 1m, got %v", c.Timeout)
	case (c.Cert == "") != (c.Key == ""):
		return c, errors.New("cert and key of a log must be set together")
	}
	return c, nil
}

func named(name string, limit int, allowed func(rune) bool) bool {
	return name != "" && len(name) <= limit && strings.IndexFunc(name, func(r rune) bool { return !allowed(r) }) < 0
}

func inHistory(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_'
}
