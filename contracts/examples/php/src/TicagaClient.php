<?php

declare(strict_types=1);

namespace ExamplePlugin;

/** Sends requests to the API of a Ticaga help desk. */
final class TicagaClient
{
    public function __construct(private string $url, private string $token, private int $timeoutSeconds = 10)
    {
    }

    /** @return array<mixed> the decoded answer */
    public function get(string $action): array
    {
        return $this->send($action, []);
    }

    /**
     * @param array<string, mixed> $fields
     * @return array<mixed> the decoded answer
     */
    public function post(string $action, array $fields): array
    {
        return $this->send($action, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => json_encode($fields, JSON_THROW_ON_ERROR),
        ]);
    }

    private function send(string $action, array $options): array
    {
        $curl = curl_init(rtrim($this->url, '/') . '/api/' . $action);
        curl_setopt_array($curl, $options + [
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => $this->timeoutSeconds,
            CURLOPT_HTTPHEADER => [
                'Authorization: Bearer ' . $this->token,
                'Accept: application/json',
                'Content-Type: application/json',
            ],
        ]);
        $body = curl_exec($curl);
        if ($body === false) {
            throw new TicagaException('Ticaga cannot be reached: ' . curl_error($curl));
        }
        return $this->decode($body, curl_getinfo($curl, CURLINFO_RESPONSE_CODE));
    }

    private function decode(string $body, int $status): array
    {
        $answer = json_decode($body, true);
        if ($status >= 200 && $status < 300 && is_array($answer) && !isset($answer['error'])) {
            return $answer;
        }
        // Ticaga explains a refusal in "error" or in "message", and what is wrong with each field in "errors". Its
        // documentation names no statuses, so an "error" counts with any.
        $reason = is_array($answer) ? $answer['error'] ?? $answer['message'] ?? '' : 'this is not JSON';
        throw new TicagaException(match (true) {
            $status === 401, $reason === 'User not authenticated' => 'Ticaga does not know the customer or the API token',
            $status === 422 => "Ticaga refused the request: $reason",
            default => "Ticaga answered with status $status: $reason",
        }, $status, $answer['errors'] ?? []);
    }
}
