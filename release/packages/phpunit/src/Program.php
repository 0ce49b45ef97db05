<?php

declare(strict_types=1);

namespace TicagaMock\PHPUnit;

use RuntimeException;

/** Finds the program ticaga-mock, or downloads it. */
final class Program
{
    private const ROOT = __DIR__ . '/..'; // of the package
    private const RELEASES = 'https://github.com/ticaga-mock/ticaga-mock/releases/download';

    /**
     * Returns the path of the program: TICAGA_MOCK_BINARY, or the one that ticaga-mock-install has downloaded, or that
     * npm has installed in this folder, or that is in PATH.
     */
    public static function find(): string
    {
        if (getenv('TICAGA_MOCK_BINARY')) {
            return getenv('TICAGA_MOCK_BINARY');
        }
        $places = [self::ROOT . '/program', 'node_modules/@ticaga-mock/' . self::nodePlatform() . '/bin', ...explode(PATH_SEPARATOR, (string) getenv('PATH'))];
        foreach ($places as $folder) {
            $file = $folder . DIRECTORY_SEPARATOR . self::name();
            if ($folder !== '' && is_file($file) && is_executable($file) && !self::isOurs($file)) {
                return $file;
            }
        }
        throw new RuntimeException('the program ticaga-mock is not installed; download it with vendor/bin/ticaga-mock-install, put it into PATH, or set TICAGA_MOCK_BINARY to its path');
    }

    /**
     * Downloads the program of this version, and returns its path. What does not have the hash that the package names
     * is refused.
     *
     * @param string|null $from a folder, or the beginning of a URL, instead of the place where releases are
     */
    public static function install(?string $from = null): string
    {
        $release = json_decode((string) @file_get_contents(self::ROOT . '/release.json'), true);
        $platform = self::platform();
        $archive = $release['archives'][$platform] ?? null;
        if ($archive === null) {
            throw new RuntimeException("this copy of ticaga-mock/phpunit has no archive for $platform" . ($release ? '' : ', because it is not from a release') . '; build the program with Go, and put it into PATH');
        }
        $from ??= self::RELEASES . "/v{$release['version']}";
        $folder = self::ROOT . '/program';
        if (!is_dir($folder) && !@mkdir($folder)) {
            throw new RuntimeException("the folder $folder cannot be created");
        }
        $file = "$folder/{$archive['name']}";
        try {
            self::download("$from/{$archive['name']}", $file);
            if (!hash_equals($archive['sha256'], hash_file('sha256', $file))) {
                throw new RuntimeException("$from/{$archive['name']} is not the file of version {$release['version']}: its SHA-256 is " . hash_file('sha256', $file) . ", expected {$archive['sha256']}");
            }
            @unlink($folder . '/' . self::name()); // one that runs cannot be overwritten
            (new \PharData($file))->extractTo($folder, self::name(), true);
        } finally {
            @unlink($file);
        }
        $program = $folder . '/' . self::name();
        chmod($program, 0755);
        return $program;
    }

    private static function download(string $url, string $file): void
    {
        if (!preg_match('#^https?://#i', $url)) {
            @copy($url, $file) || throw new RuntimeException("$url cannot be read");
            return;
        }
        $out = @fopen($file, 'w') ?: throw new RuntimeException("$file cannot be written");
        $curl = curl_init($url);
        curl_setopt_array($curl, [
            CURLOPT_FILE => $out,
            CURLOPT_FOLLOWLOCATION => true,
            CURLOPT_FAILONERROR => true,
            CURLOPT_CONNECTTIMEOUT => 30,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
        ]);
        $ok = curl_exec($curl);
        fclose($out);
        if (!$ok) {
            throw new RuntimeException("$url: " . curl_error($curl));
        }
    }

    private static function name(): string
    {
        return PHP_OS_FAMILY === 'Windows' ? 'ticaga-mock.exe' : 'ticaga-mock';
    }

    /** Returns the name of this platform in the names of archives, such as "linux_amd64". */
    private static function platform(): string
    {
        $arch = strtolower(php_uname('m'));
        $names = ['x86_64' => 'amd64', 'aarch64' => 'arm64'];
        return strtolower(PHP_OS_FAMILY) . '_' . ($names[$arch] ?? $arch);
    }

    /** Returns the name of this platform in the names of npm's packages, such as "linux-x64". */
    private static function nodePlatform(): string
    {
        return strtr(self::platform(), ['windows' => 'win32', 'amd64' => 'x64', '_' => '-']);
    }

    /** Reports whether a file is this package's own script, which Composer puts into PATH when it runs scripts. */
    private static function isOurs(string $file): bool
    {
        return str_contains((string) file_get_contents($file, length: 64), 'php');
    }
}
