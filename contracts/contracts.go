// Package contracts reads Pact contracts, checks them against openapi.yaml, and puts a mock into the
// provider states that they start from.
//
// The terms are Pact's. A consumer is a program that calls Ticaga; the provider is Ticaga, or the mock
// instead of it. What a consumer relies on is a pact: a JSON file of interactions. Each interaction is
// one request and the minimal answer that the consumer needs, and starts from provider states such as
// "customer 8 exists".
//
// [All] returns the pacts of the published clients, from the folder pacts; [Open] reads anyone's.
// There are two ways to use them:
//
//   - A [Checker] checks a pact against openapi.yaml. It needs nothing but Go. It knows what the
//     contract says, but not what the mock answers.
//   - A verifier sends the requests and judges the answers. Before each interaction it sets provider
//     states: [Find] returns the one that a sentence says, and [Setup.Set] puts a [Desk] into it. A
//     world of the mock is one, so that Server.State and the control API set states. [Pact.Judge]
//     adds what the mock knows about the requests.
//
// Two packages below this one run Pact's own verifier: pactcli as a program, for ticaga-mock pact verify,
// and verify as a native library, which nothing else may import. The package broker reads pacts from a Pact
// Broker.
//
// [States] are in a file for each noun, and phrase.go reads sentences.
package contracts

import "github.com/ticaga-mock/ticaga-mock/mock/packed"

// All returns the pacts of the published clients. The tests of the package verify write them and
// fail when they are out of date.
func All() ([]Pact, error) {
	const folder = "contracts/pacts"
	var pacts []Pact
	for _, name := range packed.Names(folder) {
		pact, err := Read(name, packed.Read(folder+"/"+name))
		if err != nil {
			return nil, err
		}
		pacts = append(pacts, pact)
	}
	return pacts, nil
}
