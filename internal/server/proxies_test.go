package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// proxyHost is the name of the hub in the guide.
const proxyHost = "passerelle.cfa.example"

// block returns the nth block of the guide that is written for a proxy.
func block(t *testing.T, language string, n int) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(found) != 2 {
		t.Fatalf("the guide has %d blocks for %s, want 2", len(found), language)
	}
	return found[n][1]
}

// change replaces what is there, once.
func change(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%q is not in the guide’s block:\n%s", pairs[i], text)
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// A proxy of the guide, on a port of this machine, before a server. Its limit of bodies is
// 1 MB, so that a test can go over it.
type proxy struct {
	name  string
	start func(t *testing.T, dir, port, server string, edit func(string) string) *exec.Cmd
}

func program(t *testing.T, name string) string {
	t.Helper()
	for _, path := range []string{name, "/usr/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("this test needs %s, and CI is set", name)
	}
	t.Skipf("this test needs %s", name)
	return ""
}

func same(text string) string { return text }

// nginx runs the guide’s block for a server, or the one for a path within the same server.
func nginx(below bool) proxy {
	return proxy{"nginx", func(t *testing.T, dir, port, server string, edit func(string) string) *exec.Cmd {
		path := program(t, "nginx")
		text := block(t, "nginx", 0)
		if below {
			text = text[:strings.Index(text, "    location")] + block(t, "nginx", 1) + "}\n"
		}
		text = edit(change(t, text, "listen 443 ssl", "listen 127.0.0.1:"+port+" ssl", "/etc/ssl/passerelle.crt", dir+"/crt", "/etc/ssl/passerelle.key", dir+"/key",
			"http://127.0.0.1:8080", server, "256m", "1m"))
		head := "daemon off; worker_processes 1; pid " + dir + "/pid; error_log stderr;\nevents { worker_connections 64; }\nhttp { access_log off;\n"
		for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
			head += kind + "_temp_path " + dir + "/" + kind + ";\n"
		}
		if os.Geteuid() == 0 {
			head = "user root;\n" + head // whose directory it is
		}
		write(t, filepath.Join(dir, "conf"), head+text+"}\n")
		return exec.Command(path, "-e", "stderr", "-p", dir, "-c", filepath.Join(dir, "conf"))
	}}
}

func caddy(below bool) proxy {
	return proxy{"Caddy", func(t *testing.T, dir, port, server string, edit func(string) string) *exec.Cmd {
		path := program(t, "caddy")
		text := block(t, "caddyfile", 0)
		if below {
			text = proxyHost + " {\n" + block(t, "caddyfile", 1) + "}\n"
		}
		text = edit(change(t, text, proxyHost+" {", "https://"+proxyHost+":"+port+" {\n\tbind 127.0.0.1\n\ttls "+dir+"/crt "+dir+"/key", "127.0.0.1:8080", strings.TrimPrefix(server, "http://"), "256MB", "1MB"))
		write(t, filepath.Join(dir, "conf"), "{\n\tadmin off\n\tauto_https off\n\tskip_install_trust\n}\n"+text)
		cmd := exec.Command(path, "run", "--adapter", "caddyfile", "--config", filepath.Join(dir, "conf"))
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
		return cmd
	}}
}

// run starts a proxy and returns a client’s TLS settings that trust it.
func (p proxy) run(t *testing.T, port, server string, edit func(string) string) *tls.Config {
	t.Helper()
	dir := t.TempDir()
	roots := certificate(t, dir)
	cmd := p.start(t, dir, port, server, edit)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", p.name, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		hard := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // it says how it was ended
		hard.Stop()
		if t.Failed() {
			t.Logf("%s says:\n%s", p.name, said.String())
		}
	})
	for range 200 {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			conn.Close()
			return &tls.Config{RootCAs: roots, ServerName: proxyHost}
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("%s does not listen", p.name)
	return nil
}

func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: proxyHost}, DNSNames: []string{proxyHost},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	crt := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	write(t, filepath.Join(dir, "crt"), string(crt))
	write(t, filepath.Join(dir, "key"), string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(crt)
	return pool
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// freePort returns a port of this machine that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}
