<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

/** A world: an isolated copy of the mock's data, for one test. */
final class World
{
    /** Base URL for the plugin's settings, without a slash at the end. */
    public readonly string $url;
    private array $allowed = [];

    public function __construct(public readonly Mock $mock, public readonly string $name)
    {
        $this->url = "$mock->url/w/$name";
    }

    /**
     * Sets up one of `ticaga-mock pact states`.
     *
     * @param array<string, scalar> $params
     * @return array<string, mixed> the values of the state, such as the ID of a customer
     */
    public function given(string $state, array $params = []): array
    {
        $values = $this->control('POST', 'pact/provider-states', ['state' => $state, 'params' => (object) $params]);
        $this->allow(); // again, because the state has reset the world
        return $values;
    }

    /** Says that the test sends something wrong on purpose: codes of violations such as TM-AUTH-TOKEN. */
    public function allow(string ...$codes): void
    {
        array_push($this->allowed, ...$codes);
        if ($this->allowed !== []) {
            $this->settings(['allow' => $this->allowed]);
        }
    }

    /**
     * Changes settings, such as ['unknown_customer' => 404].
     *
     * @param array<string, mixed> $settings
     */
    public function settings(array $settings): void
    {
        $this->control('PUT', 'settings', $settings);
    }

    /**
     * Adds a fault for the requests that match, such as ['operation' => 'createTicket', 'status' => 429].
     *
     * @param array<string, mixed> $rule
     */
    public function fault(array $rule): void
    {
        $this->control('POST', 'faults', $rule);
    }

    /**
     * Checks what the plugin has sent.
     *
     * @param array<string, mixed> $expectation
     * @return string what is missing, with the near misses; or '' if the expectation holds
     */
    public function missing(array $expectation): string
    {
        $result = $this->control('POST', 'verify', $expectation);
        if ($result['holds']) {
            return '';
        }
        $message = $result['explanation'];
        foreach ($result['misses'] ?? [] as $miss) {
            $message .= "\n{$miss['method']} {$miss['path']} {$miss['status']}";
            foreach ($miss['differences'] as $d) {
                $message .= "\n  {$d['at']}: expected " . json_encode($d['want'] ?? null) . ', got ' . json_encode($d['got'] ?? null);
            }
        }
        return $message;
    }

    /**
     * Returns exchanges, the newest first. A filter is such as ['operation' => 'createTicket'].
     *
     * @param array<string, scalar> $filter
     * @return list<array<string, mixed>>
     */
    public function journal(array $filter = []): array
    {
        return $this->control('GET', 'journal?' . http_build_query($filter))['exchanges'];
    }

    /**
     * Returns what is wrong with the requests, the oldest first.
     *
     * @return list<Violation>
     */
    public function violations(): array
    {
        $violations = [];
        foreach (array_reverse($this->journal(['violations' => 'true'])) as $exchange) {
            foreach ($exchange['violations'] as $v) {
                $request = "{$exchange['method']} {$exchange['path']} {$exchange['status']}";
                $violations[] = new Violation($request, $v['code'], $v['severity'], $v['message'], $v['fix'], $v['allowed'] ?? false);
            }
        }
        return $violations;
    }

    /** Restores the original data and settings, or loads a built-in scenario, and empties the journal. */
    public function reset(?string $scenario = null): void
    {
        $this->control('POST', 'reset', $scenario === null ? null : ['scenario' => $scenario]);
        $this->allowed = [];
    }

    /** Removes the world. */
    public function remove(): void
    {
        $this->control('DELETE', '');
    }

    /**
     * Sends a request about this world to the control API.
     *
     * @param array<string, mixed>|null $body
     * @return array<mixed> the answer
     */
    public function control(string $method, string $path, ?array $body = null): array
    {
        return $this->mock->control($method, rtrim("worlds/$this->name/$path", '/'), $body);
    }
}
