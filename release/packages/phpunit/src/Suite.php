<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

use RuntimeException;

/** Gives each test of a run a world, whose URL is in the environment, and says at the end what was wrong. */
final class Suite
{
    private string $test = '';
    private ?World $world = null;
    private bool $failed = false;

    /** @var array<string, list<Violation>> */
    private array $violations = [];

    private function __construct(private Mock $mock)
    {
    }

    /** Starts the mock of all tests. Without it there is nothing to test, so it ends the run if it cannot. */
    public static function start(): self
    {
        try {
            $suite = new self(Mock::shared());
        } catch (RuntimeException $e) {
            fwrite(STDERR, "ticaga-mock: {$e->getMessage()}\n");
            exit(1);
        }
        register_shutdown_function(fn () => $suite->report());
        return $suite;
    }

    public function begin(string $test): void
    {
        $this->end(); // PHPUnit does not say that a skipped test ends
        $this->test = $test;
        $this->world = $this->mock->createWorld();
        Mock::export('TICAGA_URL', $this->world->url);
    }

    public function end(): void
    {
        if ($this->world === null) {
            return;
        }
        foreach ($this->world->violations() as $violation) {
            $this->violations[$this->test][] = $violation;
            $this->failed = $this->failed || $violation->fails();
        }
        $this->world->remove();
        $this->world = null;
    }

    /** Prints the violations of each test, and fails the run: PHPUnit lets no extension fail a test. */
    private function report(): void
    {
        $this->end();
        foreach ($this->violations as $test => $violations) {
            fwrite(STDERR, "\nticaga-mock: $test" . Violation::list($violations) . "\n");
        }
        if ($this->failed) {
            fwrite(STDERR, "\nticaga-mock: the mock found errors in the requests; see above\n");
            exit(1);
        }
    }
}
