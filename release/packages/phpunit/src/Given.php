<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

use Attribute;

/** Sets up one of `ticaga-mock pact states`: #[Given('customer 8 is not linked')]. */
#[Attribute(Attribute::TARGET_CLASS | Attribute::TARGET_METHOD | Attribute::IS_REPEATABLE)]
final class Given implements Arrangement
{
    /** @param array<string, scalar> $params */
    public function __construct(private string $state, private array $params = [])
    {
    }

    public function arrange(World $world): void
    {
        $world->given($this->state, $this->params);
    }
}
