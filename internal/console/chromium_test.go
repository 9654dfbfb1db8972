package console_test

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
)

// chromium starts the browser that all tests of the package share: a start takes
// longer than most ways through the pages.
var chromium = sync.OnceValues(func() (context.Context, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "passerelle-chromium-*")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "fr-FR"),
		chromedp.Env("LANGUAGE=fr")) // Debian: chromium-l10n; without it file and date fields are in English
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx)
	stopChromium = func() {
		stop, done := context.WithTimeout(ctx, 10*time.Second)
		_ = chromedp.Cancel(stop)
		done()
		cancel()
		_ = os.RemoveAll(profile)
	}
	_, err = chromedp.Run(ctx, chromedp.Evaluate[string]("navigator.userAgent"))
	return ctx, err
})

// stopChromium ends the browser, if it has been started.
var stopChromium = func() {}
