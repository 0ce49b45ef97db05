package mock_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// A Go program that talks to Ticaga can be tested against a fake help desk of its own.
func Example() {
	server, err := mock.New(mock.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	desk := httptest.NewServer(server)
	defer desk.Close()

	form := url.Values{"ticaga_id": {"8"}, "billing_id": {"42"}, "billing_system": {"blesta"}}
	request, err := http.NewRequest("POST", desk.URL+"/api/customers/assign", strings.NewReader(form.Encode()))
	if err != nil {
		fmt.Println(err)
		return
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request) // without credentials
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, string(body))
	for _, violation := range server.Journal()[0].Violations {
		fmt.Println(violation.Code, "-", violation.Message)
	}
	// Output:
	// 401 {"error":"User not authenticated"}
	// TM-AUTH-MISSING - the request carries no credentials; they go with every request, POST ones too
}
