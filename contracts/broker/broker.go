// Package broker reads pacts from a Pact Broker and publishes the results of their verification.
//
// It uses the broker's documented resources and finds all of them by their links, the first ones in the
// broker's index. Pact's own verifier could do the same, but then it would be the first to see the
// pacts, and would need the credentials.
package broker

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// Client is a user of a broker. It is safe for concurrent use.
type Client struct {
	base               *url.URL
	token              string
	username, password string
	web                *http.Client
}

// New returns a client of the broker at a base URL, with a token, or a username and password, or neither.
func New(base, token, username, password string) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" { // not shown, because it may contain a password
		return nil, errors.New("must be a base URL such as https://broker.example.com")
	}
	if u.User != nil {
		secret, _ := u.User.Password()
		username, password = cmp.Or(username, u.User.Username()), cmp.Or(password, secret)
		u.User = nil
	}
	return &Client{u, token, username, password, &http.Client{Timeout: 30 * time.Second}}, nil
}

// Owns reports whether a URL is one of the broker's.
func (c *Client) Owns(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == c.base.Scheme && u.Host == c.base.Host
}

// Query chooses the pacts to verify.
type Query struct {
	Provider  string
	Branch    string            // of the provider version; "" for none
	Selectors []json.RawMessage // consumer version selectors; none for the broker's default
	Pending   bool              // the broker says which pacts are pending
	WIPSince  string            // a date such as "2026-01-02": also work in progress since then; "" for none
}

// Pact is a pact of a broker. All its interactions are pending where the broker says so.
type Pact struct {
	contracts.Pact
	Notices []string // what the broker has to say about the verification

	ids             []string // of the interactions; "" for one that has none
	publish, parent string   // where results are published, and the provider
}

// links are those of a resource.
type links map[string]link

type link struct{ Href string }

// UnmarshalJSON accepts an array of links too, of which none is used here.
func (l *link) UnmarshalJSON(data []byte) error {
	var one struct{ Href string }
	if json.Unmarshal(data, &one) == nil {
		l.Href = one.Href
	}
	return nil
}

type resource struct {
	Links links `json:"_links"`
}

// Pacts returns the pacts to verify. It is an error if there are none, and the error has a line for each that
// cannot be read; the others come with it.
func (c *Client) Pacts(ctx context.Context, q Query) ([]Pact, error) {
	var index resource
	if err := c.do(ctx, http.MethodGet, c.base.String(), nil, &index); err != nil {
		return nil, err
	}
	address, err := index.Links.expand("pb:provider-pacts-for-verification", map[string]string{"provider": q.Provider})
	if err != nil {
		return nil, fmt.Errorf("broker: %s is not a Pact Broker, or too old a one: %w", c.base, err)
	}
	body := map[string]any{"consumerVersionSelectors": append([]json.RawMessage{}, q.Selectors...), "includePendingStatus": q.Pending}
	if q.Branch != "" {
		body["providerVersionBranch"] = q.Branch
	}
	if q.WIPSince != "" {
		body["includeWipPactsSince"] = q.WIPSince
	}
	var list struct {
		Embedded struct {
			Pacts []struct {
				resource
				Properties struct {
					Pending bool
					Notices []struct{ When, Text string }
				} `json:"verificationProperties"`
			}
		} `json:"_embedded"`
	}
	if err := c.do(ctx, http.MethodPost, address, body, &list); err != nil {
		return nil, err
	}
	if len(list.Embedded.Pacts) == 0 {
		return nil, fmt.Errorf("broker: no pact for the provider %q matches the selectors", q.Provider)
	}
	var pacts []Pact
	var errs []error
	for _, found := range list.Embedded.Pacts {
		pact, err := c.Pact(ctx, found.Links["self"].Href)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, notice := range found.Properties.Notices {
			if notice.When == "before_verification" {
				pact.Notices = append(pact.Notices, notice.Text)
			}
		}
		for n := range pact.Interactions {
			pact.Interactions[n].Pending = pact.Interactions[n].Pending || found.Properties.Pending
		}
		pacts = append(pacts, pact)
	}
	return pacts, errors.Join(errs...)
}

// Pact returns the pact at a URL of the broker.
func (c *Client) Pact(ctx context.Context, address string) (Pact, error) {
	var raw json.RawMessage
	if err := c.do(ctx, http.MethodGet, address, nil, &raw); err != nil {
		return Pact{}, err
	}
	read, err := contracts.Read(address, raw)
	if err != nil {
		return Pact{}, err
	}
	pact := Pact{Pact: read}
	var known struct {
		resource
		Interactions []struct {
			ID string `json:"_id"`
		}
	}
	if err := json.Unmarshal(raw, &known); err != nil {
		return Pact{}, fmt.Errorf("broker: pact %q: %w", address, err)
	}
	pact.publish, pact.parent = known.Links["pb:publish-verification-results"].Href, known.Links["pb:provider"].Href
	for _, i := range known.Interactions {
		pact.ids = append(pact.ids, i.ID)
	}
	return pact, nil
}

// expand returns the address of a link with its parameters filled in.
func (l links) expand(name string, params map[string]string) (string, error) {
	address := l[name].Href
	if address == "" {
		return "", fmt.Errorf("there is no link %q", name)
	}
	for param, value := range params {
		address = strings.ReplaceAll(address, "{"+param+"}", url.PathEscape(value))
	}
	return address, nil
}

// maxAnswer is the largest answer that is read, in bytes.
const maxAnswer = 64 << 20

// do sends a request with a JSON body, unless it is nil, and decodes the answer into target, unless that is
// nil. Credentials are only for the broker's own addresses.
func (c *Client) do(ctx context.Context, method, address string, body, target any) error {
	sent, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(sent))
	if err != nil {
		return fmt.Errorf("broker: %q is not a URL", address)
	}
	if body == nil {
		request.Body, request.ContentLength = nil, 0
	} else {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Accept", "application/hal+json, application/json")
	switch {
	case !c.Owns(address):
	case c.token != "":
		request.Header.Set("Authorization", "Bearer "+c.token)
	case c.username != "":
		request.SetBasicAuth(c.username, c.password)
	}
	response, err := c.web.Do(request)
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("broker: %s %s: %w", method, address, err)
	case len(data) > maxAnswer:
		return fmt.Errorf("broker: %s %s: the answer is larger than %d bytes", method, address, maxAnswer)
	case response.StatusCode == http.StatusUnauthorized:
		return fmt.Errorf("broker: %s %s: it does not accept the credentials (401); check --broker-token, or --broker-username and --broker-password", method, address)
	case response.StatusCode >= 300:
		return fmt.Errorf("broker: %s %s: it answered %s: %.500q", method, address, response.Status, data)
	case target == nil:
		return nil
	}
	if err := json.Unmarshal(data, target); err != nil {
		return fmt.Errorf("broker: %s %s: the answer is not the JSON of a Pact Broker: %w", method, address, err)
	}
	return nil
}
