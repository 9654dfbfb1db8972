package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server that was started here.
type process struct {
	cmd    *exec.Cmd
	url    string
	ready  time.Duration // from the start of the program to its first answer
	ended  chan error
	errors *tail
}

// tail keeps the last that a program wrote to its standard error.
type tail struct{ text []byte }

// Write keeps what may be read when the program fails.
func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if len(t.text) > 16<<10 {
		t.text = append([]byte(nil), t.text[len(t.text)-8<<10:]...)
	}
	return len(p), nil
}

// freeAddress returns an address that nobody listens on.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// launch starts a server and waits until a path answers 200.
func launch(ctx context.Context, path, program string, args ...string) (*process, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	return launchAt(ctx, address, path, program, args...)
}

// launchAt is launch for a server that others have to find at an address.
func launchAt(ctx context.Context, address, path, program string, args ...string) (*process, error) {
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "ADDRESS", address)
	}
	p := &process{url: "http://" + address, ended: make(chan error, 1), errors: &tail{}}
	p.cmd = exec.CommandContext(ctx, program, args...)
	p.cmd.Stderr = p.errors
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 10 * time.Second
	started := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.ended <- p.cmd.Wait() }()
	for {
		select {
		case err := <-p.ended:
			return nil, fmt.Errorf("%s ended: %w\n%s", program, err, p.errors.text)
		default:
		}
		response, err := http.Get(p.url + path)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				p.ready = time.Since(started)
				return p, nil
			}
		}
		if time.Since(started) > time.Minute {
			return nil, errors.Join(fmt.Errorf("%s does not answer", program), p.stop())
		}
		time.Sleep(time.Millisecond)
	}
}

// stop ends the process in good order.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	err := <-p.ended
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() < 0 {
		return nil // it ended by the signal
	}
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", p.cmd.Path, err, p.errors.text)
	}
	return nil
}

// forgetPeak sets the peak of the memory to what is in use now.
func (p *process) forgetPeak() error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0)
}

// memory returns a line of /proc/PID/status in megabytes (10^6 bytes): VmRSS is
// in use, VmHWM its peak.
func (p *process) memory(line string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for row := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(row, line+":"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kib * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("/proc has no %s", line)
}

// used returns the processor time that the process has used: what it costs, whatever
// else the machine does.
func (p *process) used() (time.Duration, error) {
	used, _, err := usedBy(p.cmd.Process.Pid)
	return used, err
}
