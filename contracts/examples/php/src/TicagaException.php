<?php

declare(strict_types=1);

namespace ExamplePlugin;

use RuntimeException;

/** Ticaga did not do what the plugin asked for. */
final class TicagaException extends RuntimeException
{
    /**
     * @param int $status the HTTP status of the answer, or 0 if none came
     * @param array<string, list<string>> $errors what is wrong with each field, if Ticaga says so
     */
    public function __construct(string $message, public readonly int $status = 0, public readonly array $errors = [])
    {
        parent::__construct($message);
    }
}
