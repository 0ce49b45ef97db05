<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

/**
 * Gives each test of a PHPUnit test case a fake Ticaga help desk of its own.
 *
 * A test fails if the mock found an error in a request, unless the test allows it. The message of a failed test says
 * what is wrong with its requests, and how to fix it.
 */
trait TicagaMock
{
    private ?World $ticagaWorld = null;
    private string $ticagaViolations = '';

    /** @before */
    #[\PHPUnit\Framework\Attributes\Before]
    protected function createTicagaWorld(): void
    {
        if (Mock::isMissing()) {
            $this->markTestSkipped('there is no ticaga-mock, as an earlier error says');
        }
        $this->ticagaWorld = Mock::shared()->createWorld();
        foreach (Arrangements::of($this) as $arrangement) {
            $arrangement->arrange($this->ticagaWorld);
        }
    }

    /** @after */
    #[\PHPUnit\Framework\Attributes\After]
    protected function removeTicagaWorld(): void
    {
        if ($this->ticagaWorld === null) {
            return;
        }
        $violations = $this->ticagaWorld->violations();
        $this->ticagaWorld->remove();
        $this->ticagaViolations = Violation::list($violations);
        foreach ($violations as $v) {
            if ($v->fails()) {
                $this->fail('the mock found errors in the requests' . $this->ticagaViolations);
            }
        }
    }

    /** Adds the violations to the message of a failed test. PHPUnit 10 and newer show them as a failure of their own. */
    protected function onNotSuccessfulTest(\Throwable $t): never
    {
        if (!str_contains($t->getMessage(), $this->ticagaViolations)) {
            $message = new \ReflectionProperty($t instanceof \Error ? \Error::class : \Exception::class, 'message');
            $message->setValue($t, $t->getMessage() . "\n\nticaga-mock:" . $this->ticagaViolations);
        }
        throw $t;
    }

    /** Returns the world of this test. */
    protected function ticaga(): World
    {
        return $this->ticagaWorld;
    }

    /** For the plugin's settings, as are the next two. */
    protected function ticagaUrl(): string
    {
        return $this->ticagaWorld->url;
    }

    protected function ticagaToken(): string
    {
        return $this->ticagaWorld->mock->token;
    }

    protected function ticagaEmail(): string
    {
        return $this->ticagaWorld->mock->email;
    }

    /** Sets up one of `ticaga-mock pact states`, and returns its values, such as the ID of a customer. */
    protected function given(string $state, array $params = []): array
    {
        return $this->ticagaWorld->given($state, $params);
    }

    /** Says that the test sends something wrong on purpose: codes of violations such as TM-AUTH-TOKEN. */
    protected function allowViolations(string ...$codes): void
    {
        $this->ticagaWorld->allow(...$codes);
    }

    /** Checks that the plugin has sent this, once; $more is the rest of an expectation of the control API. */
    protected function assertSent(string $operation, array $body = [], array $more = ['count' => 1]): void
    {
        $missing = $this->ticagaWorld->missing(['operation' => $operation] + ($body === [] ? [] : ['body' => $body]) + $more);
        $this->assertTrue($missing === '', $missing);
    }
}
