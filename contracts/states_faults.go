package contracts

import "github.com/ticaga-mock/ticaga-mock/mock/traffic"

func faultStates() []State {
	operation := Param{Name: "operation", Type: "string", Example: "closeTicket", Default: "every operation"}
	times := Param{Name: "times", Type: "times", Example: "1", Default: "0, which means always"}
	fails := func(name, sets string, rule traffic.FaultRule, also ...string) State {
		return State{
			Name: name, Also: also, Sets: sets, Params: []Param{operation, times}, Returns: []string{},
			set: func(d Desk, v values) (map[string]any, error) { return fail(d, v, rule) },
		}
	}
	return []State{
		fails("Ticaga is down", "requests are answered with status 503", traffic.FaultRule{Status: 503}, "Ticaga is not available"),
		{
			Name: "Ticaga fails with status {status}", Also: []string{"Ticaga answers with status {status}", "Ticaga fails", "Ticaga answers {status}"},
			Sets:   "requests are answered with that status",
			Params: []Param{{Name: "status", Type: "status", Example: "500", Default: "500"}, operation, times}, Returns: []string{},
			set: func(d Desk, v values) (map[string]any, error) {
				return fail(d, v, traffic.FaultRule{Status: int(v.number("status", 500))})
			},
		},
		fails("Ticaga limits the rate", "requests are answered with status 429 and Retry-After", traffic.FaultRule{Status: 429},
			"the rate limit is reached", "too many requests"),
		{
			Name: "Ticaga is slow", Also: []string{"Ticaga answers slowly"},
			Sets:   "real answers come after a delay",
			Params: []Param{{Name: "delay_ms", Type: "ms", Example: "1000", Default: "1000"}, operation, times}, Returns: []string{},
			set: func(d Desk, v values) (map[string]any, error) {
				return fail(d, v, traffic.FaultRule{DelayMS: v.number("delay_ms", 1000)})
			},
		},
		fails("Ticaga resets the connection", "the connection is reset, and nothing is answered", traffic.FaultRule{Fault: "reset"},
			"the connection breaks"),
		fails("Ticaga answers nothing", "status 200 with an empty body", traffic.FaultRule{Fault: "empty"}, "Ticaga answers with an empty body"),
		fails("Ticaga breaks the answer off", "the real answer breaks off in its middle", traffic.FaultRule{Fault: "truncate"}, "Ticaga truncates the answer"),
		fails("Ticaga answers with broken JSON", "status 200 with JSON that breaks off", traffic.FaultRule{Fault: "garbage"}, "Ticaga answers with invalid JSON"),
		fails("Ticaga answers with an HTML page", "status 500 with an HTML error page", traffic.FaultRule{Fault: "html"}, "Ticaga answers with HTML"),
		{
			Name: "Ticaga is up", Also: []string{"Ticaga is available", "Ticaga works"}, Sets: "no requests fail: all fault rules of the world are removed", Params: []Param{}, Returns: []string{},
			set: func(d Desk, _ values) (map[string]any, error) {
				d.Recover()
				return map[string]any{}, nil
			},
		},
	}
}

func fail(d Desk, v values, rule traffic.FaultRule) (map[string]any, error) {
	rule.Operation, rule.Times = v["operation"], int(v.number("times", 0))
	return map[string]any{}, d.Fail(rule)
}
