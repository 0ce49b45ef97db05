package mock_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// exampleTest stands for the *testing.T of a test.
type exampleTest struct{ cleanups []func() }

func (t *exampleTest) Helper()             {}
func (t *exampleTest) Fatal(args ...any)   { panic(fmt.Sprint(args...)) }
func (t *exampleTest) Failed() bool        { return false }
func (t *exampleTest) Logf(string, ...any) {}
func (t *exampleTest) Cleanup(f func())    { t.cleanups = append(t.cleanups, f) }
func (t *exampleTest) end() {
	for _, f := range t.cleanups {
		f()
	}
}

// In a test, Start needs nothing but the *testing.T: the help desk ends with the test.
func ExampleStart() {
	t := &exampleTest{} // a *testing.T in a test
	defer t.end()

	desk := mock.Start(t)
	request, err := http.NewRequest("GET", desk.URL+"/api/customers/get/8", nil)
	if err != nil {
		t.Fatal(err)
	}
	email, token := desk.Credentials()
	request.SetBasicAuth(email, token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	fmt.Println(response.Status)
	// Output: 200 OK
}

// New makes a help desk without a listener. It is an http.Handler.
func ExampleNew() {
	server, err := mock.New(mock.Options{Scenario: "empty", Auth: "bearer"})
	if err != nil {
		fmt.Println(err)
		return
	}
	request := httptest.NewRequest("GET", "http://localhost/api/departments/public", nil)
	request.Header.Set("Authorization", "Bearer "+mock.DefaultToken)
	answer := httptest.NewRecorder()
	server.ServeHTTP(answer, request)
	fmt.Println(answer.Code, answer.Body)
	// Output: 200 {"departments":[]}
}

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
	request.Header.Set("Accept", "application/json")
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
	// TM-AUTH-MISSING - the request has no credentials, and every request needs them, POST requests too
}

// exampleAsk asks without a socket, with the demo credentials.
func exampleAsk(server *mock.Server, method, url, form string) int {
	request, err := http.NewRequest(method, url, strings.NewReader(form))
	if err != nil {
		return 0
	}
	request.Header.Set("Authorization", "Bearer "+mock.DefaultToken)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := &http.Client{Transport: server.Transport()}
	response, err := client.Do(request)
	if err != nil {
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	return response.StatusCode
}

// A transport answers a client's requests without a socket.
func ExampleServer_Transport() {
	server, err := mock.New(mock.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: server.Transport()}
	response, err := client.Get("http://ticaga.example/api/departments/public")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	fmt.Println(response.Status)
	// Output: 401 Unauthorized
}

// Worlds are isolated copies of the scenario: what happens in one has no effect on the others.
func ExampleServer_World() {
	server, err := mock.New(mock.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	blue, err := server.World("blue")
	if err != nil {
		fmt.Println(err)
		return
	}
	exampleAsk(server, "POST", "http://ticaga.example"+blue.Path()+"/api/tickets/close", "customer_id=1&ticket_id=1")
	fmt.Println(len(blue.Journal()), len(server.Journal()))
	// Output: 1 0
}

// Verify checks whether the client did what is expected. The error says what it did instead.
func ExampleServer_Verify() {
	server, err := mock.New(mock.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	exampleAsk(server, "POST", "http://ticaga.example/api/tickets/close", "customer_id=1&ticket_id=1")
	ctx := context.Background()
	fmt.Println(server.Verify(ctx, mock.Expectation{
		Operation: "closeTicket", Body: map[string]any{"ticket_id": 1}, Count: mock.Times(1),
	}))
	fmt.Println(server.Verify(ctx, mock.Expectation{Operation: "closeTicket", Body: map[string]any{"ticket_id": 2}}))
	// Output:
	// <nil>
	// closeTicket with the expected body was called 0 times, expected at least 1; 1 other request came
	//   #1 closeTicket
	//     body /ticket_id: expected 2, got "1"
}

// Fault makes requests fail, here the first closeTicket.
func ExampleServer_Fault() {
	server, err := mock.New(mock.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := server.Fault(mock.FaultRule{Operation: "closeTicket", Status: 503, Times: 1}); err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		fmt.Println(exampleAsk(server, "POST", "http://ticaga.example/api/tickets/close", "customer_id=1&ticket_id=1"))
	}
	// Output:
	// 503
	// 200
}
