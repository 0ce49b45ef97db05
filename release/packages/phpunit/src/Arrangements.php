<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

use PHPUnit\Framework\TestCase;
use ReflectionAttribute;
use ReflectionMethod;

/** Reads the attributes of tests. */
final class Arrangements
{
    /**
     * Returns those of a test, after those of its test case. Scenarios and then provider states come first, because
     * they reset the world.
     *
     * @return list<Arrangement>
     */
    public static function of(TestCase $test): array
    {
        $name = method_exists($test, 'name') ? $test->name() : $test->getName(false); // PHPUnit 9 has no name()
        $method = new ReflectionMethod($test, $name);
        $all = [];
        foreach ([new \ReflectionClass($test), $method] as $place) {
            foreach ($place->getAttributes(Arrangement::class, ReflectionAttribute::IS_INSTANCEOF) as $attribute) {
                $all[] = $attribute->newInstance();
            }
        }
        $order = fn ($arrangement) => match (true) {
            $arrangement instanceof Scenario => 0,
            $arrangement instanceof Given => 1,
            default => 2,
        };
        usort($all, fn ($a, $b) => $order($a) <=> $order($b));
        return $all;
    }
}
