<?php

declare(strict_types=1);

namespace ExamplePlugin\Tests;

use ExamplePlugin\SupportPlugin;
use ExamplePlugin\TicagaClient;
use ExamplePlugin\TicagaException;
use PHPUnit\Framework\TestCase;
use TicagaMock\PHPUnit\AllowViolations;
use TicagaMock\PHPUnit\Given;
use TicagaMock\PHPUnit\TicagaMock;

final class SupportPluginTest extends TestCase
{
    use TicagaMock;

    // example: link
    #[Given('customer 8 is not linked')]
    public function testLinksAnAccount(): void
    {
        $this->assertTrue($this->plugin()->linkAccount(42, 'jane.roe@example.com', 8));

        $this->assertSent('assignBillingId', ['ticaga_id' => 8, 'billing_id' => 42, 'billing_system' => 'blesta']);
    }
    // end

    public function testLeavesAnAccountWithAnotherAddressAlone(): void
    {
        $this->assertFalse($this->plugin()->linkAccount(42, 'someone.else@example.com', 8));

        $this->assertSent('assignBillingId', more: ['count' => 0]);
    }

    public function testSaysThatACustomerIsUnknown(): void
    {
        $this->given('customer 77 does not exist');

        $error = $this->errorOf(fn () => $this->plugin()->linkAccount(42, 'jane.roe@example.com', 77));

        $this->assertSame('Ticaga does not know the customer or the API token', $error->getMessage());
    }

    public function testSaysThatTheApiTokenIsWrong(): void
    {
        $this->allowViolations('TM-AUTH-TOKEN');

        $error = $this->errorOf(fn () => $this->plugin('an-old-token')->linkAccount(42, 'jane.roe@example.com', 8));

        $this->assertSame(401, $error->status);
    }

    public function testOpensAndClosesATicket(): void
    {
        $plugin = $this->plugin();
        $plugin->linkAccount(42, 'jane.roe@example.com', 8);

        $ticket = $plugin->openTicket(42, 'Jane Roe', 'jane.roe@example.com', 'sales', 'An invoice is missing', 'Please send it again.');
        $plugin->closeTicket(42, $ticket);

        $this->assertSent('createTicket', ['customer_id' => 8, 'department_slug' => 'sales']);
        $this->assertSent('closeTicket', ['customer_id' => 8, 'ticket_id' => $ticket]);
    }

    public function testOpensATicketAsAGuest(): void
    {
        $this->openTicketAsGuest();

        $this->assertSent('createTicket', ['customer_id' => 0, 'public_email' => 'john.doe@example.com']);
    }

    // example: refuse
    #[Given('department sales is disabled')]
    #[AllowViolations('TM-DATA-REFUSED')]
    public function testSaysWhichFieldTicagaRefuses(): void
    {
        $error = $this->errorOf(fn () => $this->openTicketAsGuest());

        $this->assertSame([422, ['department_slug']], [$error->status, array_keys($error->errors)]);
    }
    // end

    public function testSaysThatTicagaIsDown(): void
    {
        $this->given('Ticaga is down');

        $error = $this->errorOf(fn () => $this->plugin()->linkAccount(42, 'jane.roe@example.com', 8));

        $this->assertSame(503, $error->status);
    }

    public function testSaysThatAnAnswerIsNotJson(): void
    {
        $this->given('Ticaga answers with an HTML page');

        $error = $this->errorOf(fn () => $this->plugin()->linkAccount(42, 'jane.roe@example.com', 8));

        $this->assertStringEndsWith('this is not JSON', $error->getMessage());
    }

    public function testSaysThatTheConnectionBroke(): void
    {
        $this->given('Ticaga resets the connection');

        $error = $this->errorOf(fn () => $this->plugin()->linkAccount(42, 'jane.roe@example.com', 8));

        $this->assertStringStartsWith('Ticaga cannot be reached', $error->getMessage());
    }

    public function testSaysThatTicagaCannotBeReached(): void
    {
        $plugin = new SupportPlugin(new TicagaClient('http://127.0.0.1:1', $this->ticagaToken()));

        $error = $this->errorOf(fn () => $plugin->linkAccount(42, 'jane.roe@example.com', 8));

        $this->assertSame(0, $error->status);
        $this->assertStringStartsWith('Ticaga cannot be reached', $error->getMessage());
    }

    private function plugin(?string $token = null): SupportPlugin
    {
        return new SupportPlugin(new TicagaClient($this->ticagaUrl(), $token ?? $this->ticagaToken()));
    }

    private function openTicketAsGuest(): int
    {
        return $this->plugin()->openTicket(43, 'John Doe', 'john.doe@example.com', 'sales', 'A question', 'How much is it?');
    }

    private function errorOf(callable $action): TicagaException
    {
        try {
            $action();
        } catch (TicagaException $error) {
            return $error;
        }
        $this->fail('nothing was wrong; expected a TicagaException');
    }
}
