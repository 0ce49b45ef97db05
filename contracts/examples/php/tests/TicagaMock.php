<?php

declare(strict_types=1);

namespace ExamplePlugin\Tests;

/**
 * Gives each test of a PHPUnit test case a fake Ticaga help desk of its own. Copy this file into your tests.
 *
 * It uses the mock of `ticaga-mock run`, or starts one that ends with the tests: TICAGA_MOCK_BIN, or ticaga-mock from
 * PATH. A test fails if the mock found an error in a request, unless the test allows it. The message of a failed test
 * says what is wrong with its requests, and how to fix it.
 */
trait TicagaMock
{
    private static bool $missing = false;
    private static array $process = []; // as long as its pipes are open, the mock runs
    private string $world = '';
    private array $allowed = [];
    private string $violations = '';

    /** @before */
    #[\PHPUnit\Framework\Attributes\Before]
    protected function createWorld(): void
    {
        if (self::$missing) {
            $this->markTestSkipped('there is no ticaga-mock, as an earlier test says');
        }
        getenv('TICAGA_MOCK_URL') || self::start();
        $this->world = 'test-' . bin2hex(random_bytes(8));
        $this->control('POST', 'worlds', ['name' => $this->world]);
    }

    /** @after */
    #[\PHPUnit\Framework\Attributes\After]
    protected function removeWorld(): void
    {
        if ($this->world === '' || self::$missing) {
            return;
        }
        $errors = 0;
        foreach ($this->control('GET', "worlds/$this->world/journal?violations=true")['exchanges'] as $exchange) {
            foreach ($exchange['violations'] as $v) {
                $allowed = ($v['allowed'] ?? false) ? ' (allowed)' : '';
                $errors += (int) ($v['severity'] === 'error' && $allowed === '');
                $this->violations .= "\n{$exchange['method']} {$exchange['path']} {$exchange['status']}: {$v['message']}$allowed";
                $this->violations .= "\n  fix: {$v['fix']} [{$v['code']}]";
            }
        }
        $this->control('DELETE', "worlds/$this->world");
        if ($errors > 0) {
            $this->fail('the mock found errors in the requests' . $this->violations);
        }
    }

    /** Adds the violations to the message of a failed test. PHPUnit 10 and newer show them as a failure of their own. */
    protected function onNotSuccessfulTest(\Throwable $t): never
    {
        if (!str_contains($t->getMessage(), $this->violations)) {
            $message = new \ReflectionProperty($t instanceof \Error ? \Error::class : \Exception::class, 'message');
            $message->setValue($t, $t->getMessage() . "\n\nticaga-mock:" . $this->violations);
        }
        throw $t;
    }

    /** For the plugin's settings, as are the next two. */
    protected function ticagaUrl(): string
    {
        return getenv('TICAGA_MOCK_URL') . '/w/' . $this->world;
    }

    protected function ticagaToken(): string
    {
        return getenv('TICAGA_TOKEN') ?: 'demo-token';
    }

    protected function ticagaEmail(): string
    {
        return getenv('TICAGA_EMAIL') ?: 'admin@ticaga.test';
    }

    /** Sets up one of `ticaga-mock pact states`, and returns its values, such as the ID of a customer. */
    protected function given(string $state, array $params = []): array
    {
        $values = $this->control('POST', "worlds/$this->world/pact/provider-states", ['state' => $state, 'params' => (object) $params]);
        $this->allowViolations(); // again, because the state has reset the world
        return $values;
    }

    /** Says that the test sends something wrong on purpose: codes of violations such as TM-AUTH-TOKEN. */
    protected function allowViolations(string ...$codes): void
    {
        array_push($this->allowed, ...$codes);
        $this->control('PUT', "worlds/$this->world/settings", ['allow' => $this->allowed]);
    }

    /** Checks that the plugin has sent this, once; $more is the rest of an expectation of the control API. */
    protected function assertSent(string $operation, array $body = [], array $more = ['count' => 1]): void
    {
        $expectation = ['operation' => $operation] + ($body === [] ? [] : ['body' => $body]) + $more;
        $result = $this->control('POST', "worlds/$this->world/verify", $expectation, 409);
        $message = $result['explanation'] ?? '';
        foreach ($result['misses'] ?? [] as $miss) {
            $message .= "\n{$miss['method']} {$miss['path']} {$miss['status']}";
            foreach ($miss['differences'] as $d) {
                $message .= "\n  {$d['at']}: expected " . json_encode($d['want'] ?? null) . ', got ' . json_encode($d['got'] ?? null);
            }
        }
        $this->assertTrue($result['holds'], $message);
    }

    private function control(string $method, string $path, ?array $body = null, int $alsoFine = 200): array
    {
        $curl = curl_init(getenv('TICAGA_MOCK_URL') . '/_mock/' . $path);
        curl_setopt_array($curl, [
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . getenv('TICAGA_MOCK_CONTROL_TOKEN')],
        ] + ($body === null ? [] : [CURLOPT_POSTFIELDS => json_encode($body, JSON_THROW_ON_ERROR)]));
        $answer = json_decode((string) curl_exec($curl), true) ?? [];
        $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        self::$missing = $status === 0;
        if (self::$missing || $status >= 300 && $status !== $alsoFine) {
            throw new \RuntimeException('ticaga-mock at ' . getenv('TICAGA_MOCK_URL') . ': ' . ($answer['detail'] ?? curl_error($curl)));
        }
        return $answer;
    }

    /** Starts a mock, whose settings are in the environment then, as under `ticaga-mock run`. */
    private static function start(): void
    {
        $program = getenv('TICAGA_MOCK_BIN') ?: 'ticaga-mock';
        // The command prints the settings and waits until its input ends, at the latest with this process.
        $command = 'echo json_encode(getenv(), JSON_INVALID_UTF8_SUBSTITUTE), "\n"; fgets(STDIN);';
        $arguments = [$program, 'run', '--fail-on', 'none', '--', PHP_BINARY, '-n', '-r', $command];
        self::$process = [@proc_open($arguments, [['pipe', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes), $pipes];
        $out = isset($pipes[1]) ? [$pipes[1]] : [];
        $settings = $out && stream_select($out, $none, $none, 10) ? json_decode((string) fgets($pipes[1]), true) : null;
        if (self::$missing = !isset($settings['TICAGA_MOCK_URL'])) {
            $why = isset($pipes[2]) && stream_set_blocking($pipes[2], false) ? trim((string) fgets($pipes[2])) : '';
            throw new \RuntimeException(rtrim("\"$program\" did not start; install ticaga-mock, or set TICAGA_MOCK_BIN to its path: $why", ': '));
        }
        foreach (array_filter($settings, fn ($name) => str_starts_with($name, 'TICAGA_'), ARRAY_FILTER_USE_KEY) as $name => $value) {
            putenv("$name=$value");
        }
    }
}
