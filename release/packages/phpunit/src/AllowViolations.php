<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

use Attribute;

/** Says that the test sends something wrong on purpose: #[AllowViolations('TM-AUTH-TOKEN')]. */
#[Attribute(Attribute::TARGET_CLASS | Attribute::TARGET_METHOD | Attribute::IS_REPEATABLE)]
final class AllowViolations implements Arrangement
{
    /** @var list<string> */
    private array $codes;

    public function __construct(string ...$codes)
    {
        $this->codes = $codes;
    }

    public function arrange(World $world): void
    {
        $world->allow(...$this->codes);
    }
}
