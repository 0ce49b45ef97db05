<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

use PHPUnit\Event\Test\Finished;
use PHPUnit\Event\Test\FinishedSubscriber;
use PHPUnit\Event\Test\PreparationStarted;
use PHPUnit\Event\Test\PreparationStartedSubscriber;
use PHPUnit\Runner;

/*
 * An extension of PHPUnit for tests that do not use the trait TicagaMock, and find the mock through TICAGA_URL.
 * PHPUnit 10 has replaced the interface of extensions.
 */
if (interface_exists(Runner\Extension\Extension::class)) {
    final class Extension implements Runner\Extension\Extension
    {
        public function bootstrap(
            \PHPUnit\TextUI\Configuration\Configuration $configuration,
            Runner\Extension\Facade $facade,
            Runner\Extension\ParameterCollection $parameters,
        ): void {
            $suite = Suite::start();
            $facade->registerSubscribers(
                new class ($suite) implements PreparationStartedSubscriber {
                    public function __construct(private Suite $suite)
                    {
                    }

                    public function notify(PreparationStarted $event): void
                    {
                        $this->suite->begin($event->test()->id());
                    }
                },
                new class ($suite) implements FinishedSubscriber {
                    public function __construct(private Suite $suite)
                    {
                    }

                    public function notify(Finished $event): void
                    {
                        $this->suite->end();
                    }
                },
            );
        }
    }
} else {
    final class Extension implements Runner\BeforeFirstTestHook, Runner\BeforeTestHook, Runner\AfterTestHook
    {
        private Suite $suite;

        public function executeBeforeFirstTest(): void
        {
            $this->suite = Suite::start();
        }

        public function executeBeforeTest(string $test): void
        {
            $this->suite->begin($test);
        }

        public function executeAfterTest(string $test, float $time): void
        {
            $this->suite->end();
        }
    }
}
