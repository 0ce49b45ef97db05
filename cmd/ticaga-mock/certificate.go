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
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"strings"
	"time"
)

// certificateLife is as long as browsers accept a certificate for.
const certificateLife = 397 * 24 * time.Hour

// serverCertificate is what a server shows its clients. The key of one that was made at the start is in memory alone.
type serverCertificate struct {
	tls.Certificate
	pem         []byte // of one that was made, without the key
	fingerprint string // of one that was made: its SHA-256 in hex, with colons, as openssl and browsers show it
}

// selfSigned makes a certificate for host names and IP addresses, valid from an hour before now.
func selfSigned(names []string, now time.Time) (serverCertificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return serverCertificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return serverCertificate{}, err
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
		return serverCertificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return serverCertificate{}, err
	}
	sum := sha256.Sum256(der)
	return serverCertificate{
		Certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf},
		pem:         pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		fingerprint: strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":"),
	}, nil
}

// readPair reads a certificate and its key from files in PEM.
func readPair(certificate, key string) (pair tls.Certificate, err error) {
	chain, err := os.ReadFile(certificate)
	if err != nil {
		return pair, err
	}
	secret, err := os.ReadFile(key)
	if err != nil {
		return pair, err
	}
	for rest := secret; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return tls.X509KeyPair(chain, secret)
		}
		if block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return pair, errors.New("the key has a passphrase; write one without it: openssl pkey -in KEY -out NEW")
		}
	}
}

// invalidity says why clients reject a certificate now, whatever they trust; "" for no reason.
func invalidity(leaf *x509.Certificate, now time.Time) string {
	switch {
	case now.After(leaf.NotAfter):
		return "the certificate expired on " + leaf.NotAfter.UTC().Format(time.DateOnly)
	case now.Before(leaf.NotBefore):
		return "the certificate is not valid before " + leaf.NotBefore.UTC().Format(time.DateOnly)
	}
	return ""
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
