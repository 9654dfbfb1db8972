package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func newHealthcheck() *cobra.Command {
	var url, addr string
	var timeout time.Duration
	cmd := &cobra.Command{Use: "healthcheck", Short: "Ask a server whether it is ready, for containers",
		Long: "Asks /readyz of a server and says in one line whether it is ready: exit status 0, or 1 where it is not, stops,\n" +
			"or does not answer in time. Where --url does not say otherwise, the server is the one that listens on --addr of\n" +
			"this machine: in a container, PASSERELLE_ADDR says so to both commands.",
		Example: "  passerelle healthcheck\n" +
			"  passerelle healthcheck --url http://127.0.0.1:9000 --timeout 1s",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if timeout <= 0 {
				return usageError{errors.New("--timeout: give a time such as 3s")}
			}
			if url == "" {
				host, port, err := net.SplitHostPort(addr)
				if err != nil {
					return usageError{fmt.Errorf("--addr: %w", err)}
				}
				if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
					host = "127.0.0.1" // it listens on every address
				}
				url = "http://" + net.JoinHostPort(host, port)
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			said, err := askReady(ctx, url)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), said)
			return err
		},
	}
	cmd.Flags().StringVar(&url, "url", "", "address of the server (default: that of --addr)")
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "address that the server listens on")
	cmd.Flags().DurationVar(&timeout, "timeout", 3*time.Second, "how long to wait for the answer")
	return cmd
}

// askReady returns what a server that is ready says of it.
func askReady(ctx context.Context, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+"/readyz", nil)
	if err != nil {
		return "", usageError{fmt.Errorf("--url: %w", err)}
	}
	// Whatever leads elsewhere is not the server that was asked.
	direct := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := direct.Do(request)
	if err != nil {
		return "", fmt.Errorf("not ready: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 200))
	if err != nil {
		return "", fmt.Errorf("not ready: %w", err)
	}
	said, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("not ready: HTTP %d %s", response.StatusCode, said)
	}
	return said, nil
}
