package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"strings"
	"time"
)

// certificateLife is as long as browsers accept a certificate for.
const certificateLife = 397 * 24 * time.Hour

// selfMade is a certificate that was made at the start, with its key in memory alone.
type selfMade struct {
	tls.Certificate
	pem         []byte // without the key
	fingerprint string // SHA-256 of the certificate in hex, with colons, as openssl and browsers show it
}

// selfSigned makes a certificate for host names and IP addresses, valid from an hour before now.
func selfSigned(names []string, now time.Time) (selfMade, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return selfMade{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return selfMade{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "ticaga-mock"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife - time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return selfMade{}, err
	}
	sum := sha256.Sum256(der)
	return selfMade{
		Certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem:         pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		fingerprint: strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":"),
	}, nil
}

// certificateNames returns the names and addresses by which clients may reach a server: those of loopback, of this
// machine when the server listens beyond it, of Docker's host, and those that flags name.
func certificateNames(address net.Addr, named []string) []string {
	names := append([]string{"localhost", "127.0.0.1", "::1"}, named...)
	tcp, ok := address.(*net.TCPAddr)
	if !ok || tcp.IP.IsLoopback() {
		return unique(names)
	}
	names = append(names, "host.docker.internal")
	if host, err := os.Hostname(); err == nil {
		names = append(names, host)
	}
	if !tcp.IP.IsUnspecified() {
		return unique(append(names, tcp.IP.String()))
	}
	for _, ip := range ownAddresses() {
		names = append(names, ip.String())
	}
	return unique(names)
}

// ownAddresses returns the addresses of this machine beside loopback, without those of a single link.
func ownAddresses() []net.IP {
	var found []net.IP
	all, _ := net.InterfaceAddrs() // without permission: none
	for _, address := range all {
		if network, ok := address.(*net.IPNet); ok && network.IP.IsGlobalUnicast() {
			found = append(found, network.IP)
		}
	}
	return found
}
