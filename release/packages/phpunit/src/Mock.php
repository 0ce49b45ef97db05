<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

use RuntimeException;

/** A running mock. */
final class Mock
{
    private static ?self $shared = null;
    private static bool $missing = false;

    /** @param array<mixed> $process as long as its pipes are open, the mock runs */
    private function __construct(
        public readonly string $url,
        public readonly string $email,
        public readonly string $token,
        private string $controlToken,
        private array $process = [],
    ) {
    }

    /** Returns the mock of `ticaga-mock run`, or the one of all tests, which it starts the first time. */
    public static function shared(): self
    {
        if (self::$shared !== null) {
            return self::$shared;
        }
        self::$missing = true;
        Violation::failOn(); // a misspelling is an error before the first test
        self::$shared = getenv('TICAGA_MOCK_URL') ? self::fromEnvironment() : self::start();
        self::$shared->control('GET', 'ready');
        self::$missing = false;
        // A test that PHPUnit runs in a process of its own finds it too.
        self::export('TICAGA_MOCK_URL', self::$shared->url);
        self::export('TICAGA_URL', self::$shared->url);
        self::export('TICAGA_EMAIL', self::$shared->email);
        self::export('TICAGA_TOKEN', self::$shared->token);
        return self::$shared;
    }

    /** Sets a variable of the environment, wherever code may read it: frameworks prefer $_SERVER and $_ENV. */
    public static function export(string $name, string $value): void
    {
        putenv("$name=$value");
        $_SERVER[$name] = $_ENV[$name] = $value;
    }

    /** Reports whether an earlier test has found that there is no mock. */
    public static function isMissing(): bool
    {
        return self::$missing;
    }

    /**
     * Starts a mock on a free port. It ends with stop(), and at the latest with this process, even if that is killed.
     *
     * @param string ...$flags those of `ticaga-mock serve`, such as "--scenario=busy"
     */
    public static function start(string ...$flags): self
    {
        $program = Program::find();
        $command = [$program, 'serve', '--addr', '127.0.0.1:0', '--log-format', 'json', '--exit-with-stdin', ...$flags];
        $process = @proc_open($command, [['pipe', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes);
        $out = isset($pipes[1]) ? [$pipes[1]] : [];
        $ready = $out && stream_select($out, $none, $none, 10) ? json_decode((string) fgets($pipes[1]), true) : null;
        if (!isset($ready['url'])) {
            $why = isset($pipes[2]) && stream_set_blocking($pipes[2], false) ? trim((string) fgets($pipes[2])) : '';
            $process && proc_terminate($process);
            throw new RuntimeException("\"$program\" did not start: " . ($why ?: 'is it the path of ticaga-mock? Set TICAGA_MOCK_BINARY to it'));
        }
        $token = $ready['control_token'] ?? getenv('TICAGA_MOCK_CONTROL_TOKEN') ?: '';
        return new self($ready['url'], $ready['email'] ?? '', $ready['token'] ?? '', $token, [$process, ...$pipes]);
    }

    /** Creates a world: an isolated copy of the data. */
    public function createWorld(?string $name = null): World
    {
        $name ??= 'test-' . bin2hex(random_bytes(8));
        $this->control('POST', 'worlds', ['name' => $name]);
        return new World($this, $name);
    }

    /**
     * Sends a request to the control API.
     *
     * @param array<string, mixed>|null $body
     * @return array<mixed> the answer
     */
    public function control(string $method, string $path, ?array $body = null): array
    {
        $curl = curl_init("$this->url/_mock/$path");
        curl_setopt_array($curl, [
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_PROXY => '',
            CURLOPT_HTTPHEADER => ["Authorization: Bearer $this->controlToken"],
        ] + ($body === null ? [] : [CURLOPT_POSTFIELDS => json_encode($body, JSON_THROW_ON_ERROR)]));
        $answer = json_decode((string) curl_exec($curl), true) ?? [];
        $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        // An expectation that does not hold is an answer, too.
        if ($status === 0 || $status >= 300 && !isset($answer['holds'])) {
            throw new RuntimeException("ticaga-mock at $this->url: " . ($answer['detail'] ?? (curl_error($curl) ?: "status $status")));
        }
        return $answer;
    }

    /** Stops the mock after the requests in flight. Does nothing if something else has started it. */
    public function stop(): void
    {
        [$process, $in, $out, $err] = $this->process + [null, null, null, null];
        $this->process = [];
        if ($process !== null) {
            array_map('fclose', [$in, $out, $err]);
            proc_close($process);
        }
    }

    private static function fromEnvironment(): self
    {
        return new self(
            getenv('TICAGA_MOCK_URL'),
            getenv('TICAGA_EMAIL') ?: 'admin@ticaga.test',
            getenv('TICAGA_TOKEN') ?: 'demo-token',
            getenv('TICAGA_MOCK_CONTROL_TOKEN') ?: '',
        );
    }
}
