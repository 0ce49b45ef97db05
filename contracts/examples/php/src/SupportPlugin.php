<?php

declare(strict_types=1);

namespace ExamplePlugin;

/** What a billing system lets its clients do with a Ticaga help desk. */
final class SupportPlugin
{
    /** @var array<int, int> Ticaga customers by client; a real plugin keeps them in the billing system's database */
    private array $customers = [];

    public function __construct(private TicagaClient $ticaga)
    {
    }

    /** Links a client to a Ticaga customer, and reports whether it did: both need to have the same e-mail address. */
    public function linkAccount(int $clientId, string $email, int $customerId): bool
    {
        $customer = $this->ticaga->get("customers/get/$customerId")['user'];
        if ($customer['id'] !== $customerId || strcasecmp($customer['email'], $email) !== 0) {
            return false;
        }
        $answer = $this->ticaga->post('customers/assign', [
            'ticaga_id' => $customerId,
            'billing_id' => $clientId,
            'billing_system' => 'blesta',
        ]);
        if ($answer['user'] !== true) {
            return false;
        }
        $this->customers[$clientId] = $customerId;
        return true;
    }

    /** Opens a ticket and returns its ID. A client without a link opens it as a guest. */
    public function openTicket(int $clientId, string $name, string $email, string $department, string $subject, string $message): int
    {
        $answer = $this->ticaga->post('tickets/create', [
            'customer_id' => $this->customers[$clientId] ?? 0,
            'public_name' => $name,
            'public_email' => $email,
            'department_slug' => $department,
            'subject' => $subject,
            'message' => $message,
            'priority' => 'low',
        ]);
        return (int) $answer['id']['id'];
    }

    /** Closes a ticket of a linked client. */
    public function closeTicket(int $clientId, int $ticketId): void
    {
        $this->ticaga->post('tickets/close', ['customer_id' => $this->customers[$clientId], 'ticket_id' => $ticketId]);
    }
}
