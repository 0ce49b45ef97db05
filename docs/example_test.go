package docs_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestGoExample holds the Go code that the documents show, between the marks.
func TestGoExample(t *testing.T) {
	// example: mock
	desk := mock.Start(t)           // on a free port, until the test ends
	blue, err := desk.World("blue") // base URL: desk.URL + blue.Path()
	if err != nil {
		t.Fatal(err)
	}
	err = blue.Fault(mock.FaultRule{Operation: "closeTicket", Status: 503, Times: 1})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: blue.Transport()} // without a socket
	closeTwice(t, client, desk.URL)                     // your code
	err = blue.Verify(context.Background(), mock.Expectation{Operation: "closeTicket", Count: mock.Times(2), Within: 3 * time.Second})
	// end
	if err != nil {
		t.Error(err)
	}
}

// closeTwice closes a ticket, and tries again when that fails.
func closeTwice(t *testing.T, client *http.Client, base string) {
	t.Helper()
	var got []int
	for range 2 {
		request, err := http.NewRequest(http.MethodPost, base+"/api/tickets/close", strings.NewReader("customer_id=1&ticket_id=1"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+mock.DefaultToken)
		request.Header.Set("Accept", "application/json")
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		got = append(got, response.StatusCode)
	}
	if want := "[503 200]"; fmt.Sprint(got) != want {
		t.Errorf("statuses: got %v, want %s", got, want)
	}
}
