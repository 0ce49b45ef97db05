<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

use Attribute;

/** Changes settings: #[Settings(unknown_customer: 404)]. */
#[Attribute(Attribute::TARGET_CLASS | Attribute::TARGET_METHOD | Attribute::IS_REPEATABLE)]
final class Settings implements Arrangement
{
    /** @var array<string, mixed> */
    private array $settings;

    public function __construct(mixed ...$settings)
    {
        $this->settings = $settings;
    }

    public function arrange(World $world): void
    {
        $world->settings($this->settings);
    }
}
