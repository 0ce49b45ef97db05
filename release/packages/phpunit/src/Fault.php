<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

use Attribute;

/** Adds a fault: #[Fault(operation: 'createTicket', status: 429, times: 2)]. */
#[Attribute(Attribute::TARGET_CLASS | Attribute::TARGET_METHOD | Attribute::IS_REPEATABLE)]
final class Fault implements Arrangement
{
    /** @var array<string, mixed> */
    private array $rule;

    public function __construct(mixed ...$rule)
    {
        $this->rule = $rule;
    }

    public function arrange(World $world): void
    {
        $world->fault($this->rule);
    }
}
