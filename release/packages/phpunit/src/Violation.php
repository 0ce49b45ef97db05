<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

use RuntimeException;

/** One thing in a request that the contract does not expect. */
final class Violation
{
    private const LISTED = 20; // a loop in a test makes thousands

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
        return !$this->allowed && in_array(self::failOn(), ['warning', $this->severity], true);
    }

    /** Returns what TICAGA_MOCK_FAIL_ON says: "error", "warning" or "none". */
    public static function failOn(): string
    {
        $failOn = getenv('TICAGA_MOCK_FAIL_ON') ?: 'error';
        return match ($failOn) {
            'error', 'warning', 'none' => $failOn,
            default => throw new RuntimeException("TICAGA_MOCK_FAIL_ON \"$failOn\": must be error, warning or none"),
        };
    }

    /**
     * Returns the first of them for a message, each on lines of its own, and how many more there are.
     *
     * @param list<self> $violations
     */
    public static function list(array $violations): string
    {
        $lines = array_map(fn ($v) => "\n$v", array_slice($violations, 0, self::LISTED));
        $more = count($violations) - count($lines);
        return implode('', $lines) . ($more > 0 ? "\nand $more more" : '');
    }

    public function __toString(): string
    {
        return "$this->request: $this->message" . ($this->allowed ? ' (allowed)' : '') . "\n  fix: $this->fix [$this->code]";
    }
}
