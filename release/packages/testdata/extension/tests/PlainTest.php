<?php

declare(strict_types=1);

namespace Example\Tests;

use PHPUnit\Framework\TestCase;

/** A test that knows nothing of the package: it finds Ticaga in the environment. */
final class PlainTest extends TestCase
{
    private static array $urls = [];

    public function testReadsACustomer(): void
    {
        $this->assertSame(200, $this->statusOf('customers/get/8'));
        $this->assertSame([getenv('TICAGA_URL'), getenv('TICAGA_URL')], [$_SERVER['TICAGA_URL'], $_ENV['TICAGA_URL']]);
    }

    public function testIgnoresAMistake(): void
    {
        $this->assertSame(404, $this->statusOf('customer/get/8'));
    }

    public function testRepeatsAMistake(): void
    {
        for ($i = 0; $i < 25; $i++) {
            $this->assertSame(404, $this->ask('customer/get/8'));
        }
    }

    /** @runInSeparateProcess */
    public function testRunsInAProcessOfItsOwn(): void
    {
        $this->assertSame(200, $this->statusOf('customers/get/8'));
    }

    public function testIsSkipped(): void
    {
        $this->markTestSkipped('for a reason');
    }

    private function statusOf(string $path): int
    {
        $this->assertNotContains(getenv('TICAGA_URL'), self::$urls, 'each test has a world');
        self::$urls[] = getenv('TICAGA_URL');
        return $this->ask($path);
    }

    private function ask(string $path): int
    {
        $curl = curl_init(getenv('TICAGA_URL') . "/api/$path");
        curl_setopt_array($curl, [
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . getenv('TICAGA_TOKEN'), 'Accept: application/json'],
        ]);
        curl_exec($curl);
        return curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    }
}
