<?php

declare(strict_types=1);

namespace Example\Tests;

use PHPUnit\Framework\TestCase;
use TicagaMock\PHPUnit\AllowViolations;
use TicagaMock\PHPUnit\Fault;
use TicagaMock\PHPUnit\Given;
use TicagaMock\PHPUnit\Scenario;
use TicagaMock\PHPUnit\Settings;
use TicagaMock\PHPUnit\TicagaMock;

#[Settings(unknown_customer: 404)]
final class AttributesTest extends TestCase
{
    use TicagaMock;

    // A provider state resets the world, so it comes first wherever it is written.
    #[Fault(operation: 'getCustomer', status: 429, times: 1)]
    #[AllowViolations('TM-PATH-UNKNOWN')]
    #[Given('customer 77 does not exist')]
    #[Given('customer 8 is linked to blesta 42')]
    public function testAll(): void
    {
        $this->assertSame(429, $this->statusOf('customers/get/8'));
        $this->assertSame(200, $this->statusOf('customers/get/8'));
        $this->assertSame(404, $this->statusOf('customers/get/77'));
        $this->assertSame(404, $this->statusOf('no-such-path'));
        $this->assertSame('42', $this->ticaga()->control('GET', 'customers/8')['billing_id']);
    }

    #[Given('customer 8 exists')]
    #[Scenario('empty')]
    public function testScenario(): void
    {
        $this->assertCount(1, $this->ticaga()->control('GET', 'customers')['customers']);
        $this->assertSame(404, $this->statusOf('customers/get/7'));
    }

    public function testOthersHaveNone(): void
    {
        $this->assertSame(200, $this->statusOf('customers/get/8'));
        $this->assertSame(404, $this->statusOf('customers/get/77'));
        $this->assertCount(2, $this->ticaga()->journal(['operation' => 'getCustomer']));
    }

    private function statusOf(string $path): int
    {
        $curl = curl_init($this->ticagaUrl() . "/api/$path");
        curl_setopt_array($curl, [
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_USERPWD => $this->ticagaEmail() . ':' . $this->ticagaToken(),
            CURLOPT_HTTPHEADER => ['Accept: application/json'],
        ]);
        curl_exec($curl);
        return curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    }
}
