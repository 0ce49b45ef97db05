<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

use Attribute;

/** Names the built-in scenario that the world begins with: #[Scenario('guest-tickets')]. */
#[Attribute(Attribute::TARGET_CLASS | Attribute::TARGET_METHOD)]
final class Scenario implements Arrangement
{
    public function __construct(private string $name)
    {
    }

    public function arrange(World $world): void
    {
        $world->reset($this->name);
    }
}
