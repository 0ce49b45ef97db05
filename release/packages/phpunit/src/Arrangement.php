<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

/** An attribute of a test, or of a test case, that says what its world begins with. */
interface Arrangement
{
    public function arrange(World $world): void;
}
