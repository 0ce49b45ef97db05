<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

/** One thing in a request that the contract does not expect. */
final class Violation
{
    public function __construct(
        /** Method, path and status. */
        public readonly string $request,
        /** `ticaga-mock explain CODE` has a page about it. */
        public readonly string $code,
        /** "error" or "warning" */
        public readonly string $severity,
        public readonly string $message,
        /** What to do. */
        public readonly string $fix,
        /** Whether the test sends it on purpose. */
        public readonly bool $allowed,
    ) {
    }

    /** Reports whether it fails a test: by default if it is an error; TICAGA_MOCK_FAIL_ON says otherwise. */
    public function fails(): bool
    {
        return !$this->allowed && match (getenv('TICAGA_MOCK_FAIL_ON') ?: 'error') {
            'none' => false,
            'warning' => true,
            default => $this->severity === 'error',
        };
    }

    public function __toString(): string
    {
        return "$this->request: $this->message" . ($this->allowed ? ' (allowed)' : '') . "\n  fix: $this->fix [$this->code]";
    }
}
