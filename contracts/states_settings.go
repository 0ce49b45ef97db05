package contracts

import "fmt"

func settingStates() []State {
	change := func(name, sets, settings string, also ...string) State {
		return State{
			Name: name, Also: also, Sets: sets, Params: []Param{}, Returns: []string{},
			set: func(d Desk, _ values) (map[string]any, error) { return map[string]any{}, d.Change(settings) },
		}
	}
	return []State{
		change("the extensions are off", "answers have no custom fields and no ratings", `{"custom_fields": "off", "ratings": "off"}`, "all extensions are off", "the extensions are disabled", "all extensions are disabled"),
		change("the extensions are on", "answers have custom fields and ratings", `{"custom_fields": "on", "ratings": "on"}`, "all extensions are on", "the extensions are enabled", "all extensions are enabled"),
		change("the extension custom fields is off", "answers have no custom fields", `{"custom_fields": "off"}`, "custom fields are off", "the extension custom fields is disabled", "custom fields are disabled"),
		change("the extension custom fields is on", "answers have custom fields", `{"custom_fields": "on"}`, "custom fields are on", "the extension custom fields is enabled", "custom fields are enabled"),
		change("the extension ratings is off", "answers have no ratings", `{"ratings": "off"}`, "ratings are off", "the extension ratings is disabled", "ratings are disabled"),
		change("the extension ratings is on", "answers have ratings", `{"ratings": "on"}`, "ratings are on", "the extension ratings is enabled", "ratings are enabled"),
		{
			Name: "Ticaga allows {count} requests a minute", Also: []string{"Ticaga limits the rate to {count} requests a minute", "the rate limit is {count} requests a minute"},
			Sets:   "requests of one API user after that many in a minute are answered with status 429",
			Params: []Param{{Name: "count", Type: "limit", Example: "60", Default: "60"}}, Returns: []string{},
			set: func(d Desk, v values) (map[string]any, error) {
				return map[string]any{}, d.Change(fmt.Sprintf(`{"rate_limit": %d}`, v.number("count", 60)))
			},
		},
	}
}
