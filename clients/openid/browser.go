package main

import (
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// browser follows links and sends the forms that a provider shows.
type browser struct {
	http  *http.Client
	forms int // that were filled
}

// login goes from the hub's login page to the provider and back, and says by which way.
func login(hub string) (string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	b := &browser{http: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
	here, page, err := b.do(http.MethodGet, "http://"+hub+"/connexion/fournisseur", nil)
	for range 5 {
		if err != nil {
			return "", err
		}
		if here.Host == hub {
			if !strings.Contains(page, "Ada Martin") || here.Path != "/" {
				return "", fmt.Errorf("it leads to %s: %.2000s", here.Path, alerts(page))
			}
			return fmt.Sprintf("%d forms, and the console", b.forms), nil
		}
		here, page, err = b.answer(here, page)
	}
	return "", errors.New("the provider shows one form after another")
}

var (
	form  = regexp.MustCompile(`(?is)<form\b([^>]*)>(.*?)</form>`)
	input = regexp.MustCompile(`(?is)<(?:input|button)\b([^>]*)>`)
	words = regexp.MustCompile(`(?is)<[^>]*>`)
)

// answer fills the first form of a page as the person would.
func (b *browser) answer(here *url.URL, page string) (*url.URL, string, error) {
	found := form.FindStringSubmatch(page)
	if found == nil {
		return nil, "", fmt.Errorf("%s shows no form: %.300s", here.Path, alerts(page))
	}
	to, err := here.Parse(attribute(found[1], "action"))
	if err != nil {
		return nil, "", err
	}
	values := url.Values{}
	for _, tag := range input.FindAllStringSubmatch(found[2], -1) {
		name := attribute(tag[1], "name")
		switch {
		case name == "login":
			values.Set(name, email)
		case name == "password":
			values.Set(name, password)
		case name != "":
			values.Set(name, attribute(tag[1], "value"))
		}
	}
	b.forms++
	return b.do(http.MethodPost, to.String(), values)
}

// do loads a page, by way of where it is led.
func (b *browser) do(method, address string, values url.Values) (*url.URL, string, error) {
	request, err := http.NewRequest(method, address, strings.NewReader(values.Encode()))
	if err != nil {
		return nil, "", err
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := b.http.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, "", err
	}
	here := response.Request.URL
	if response.StatusCode >= 500 {
		return nil, "", fmt.Errorf("%s answers %d: %.300s", here.Path, response.StatusCode, alerts(string(body)))
	}
	return here, string(body), nil
}

func attribute(tag, name string) string {
	found := regexp.MustCompile(`(?is)\b` + name + `\s*=\s*"([^"]*)"`).FindStringSubmatch(tag)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

// alerts is what a page says, without its tags.
func alerts(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(words.ReplaceAllString(page, " "))), " ")
}
