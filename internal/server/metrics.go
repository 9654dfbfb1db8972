package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// metrics are what /metrics says. Labels hold routes and ids, never a person.
type metrics struct {
	registry  *prometheus.Registry
	sources   side // what /metrics shows
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	inFlight  prometheus.Gauge
	webhooks  *prometheus.CounterVec
}

func newMetrics(h *hub.Hub, organismesToo bool) *metrics {
	m := &metrics{
		registry:  prometheus.NewRegistry(),
		requests:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "passerelle_http_requests_total", Help: "HTTP requests answered."}, []string{"method", "route", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "passerelle_http_request_duration_seconds", Help: "Time to answer.", Buckets: prometheus.ExponentialBuckets(0.001, 4, 9)}, []string{"method", "route"}),
		inFlight:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "passerelle_http_requests_in_flight", Help: "Requests being answered."}),
		webhooks:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "passerelle_webhook_attempts_total", Help: "Attempts at delivering an event to a webhook, by what came of it."}, []string{"result"}),
	}
	m.registry.MustRegister(m.requests, m.durations, m.inFlight, m.webhooks, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.sources = side{m.registry}
	if organismesToo {
		read := prometheus.NewRegistry()
		read.MustRegister(organismes(h), webhookStates(h))
		m.sources = append(m.sources, &kept{Gatherer: read, now: h.Now})
	}
	m.registry.MustRegister(
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "passerelle_commits_uncertain_total", Help: "Commits of which nobody knows whether they were recorded: the database left, or a synchronous standby did not answer in time."}, func() float64 { return float64(h.Uncertain()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "passerelle_push_memory_bytes", Help: "Memory that pushes and imports hold of their budget."}, func() float64 { taken, _, _ := h.Memory(); return float64(taken) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "passerelle_push_memory_limit_bytes", Help: "Memory that pushes and imports may hold together."}, func() float64 { _, _, total := h.Memory(); return float64(total) }),
	)
	if _, _, ok := h.ReplicaReads(); ok {
		m.registry.MustRegister(replica(h))
	}
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.sources, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// measure counts the requests to next; mux tells the pattern of a route.
func (m *metrics) measure(next http.Handler, mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		m.inFlight.Inc()
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		_, route := mux.Handler(r)
		method := r.Method
		switch method {
		case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete:
		default:
			method = "other" // a client must not invent labels
		}
		defer func() {
			m.inFlight.Dec()
			m.requests.WithLabelValues(method, route, strconv.Itoa(recorder.status)).Inc()
			m.durations.WithLabelValues(method, route).Observe(time.Since(started).Seconds())
		}()
		next.ServeHTTP(recorder, r)
	})
}

// collector tells what it reads of the hub while somebody asks.
type collector struct {
	descriptions []*prometheus.Desc // the first one stands for all where they cannot be read
	read         func(ctx context.Context, found chan<- prometheus.Metric) error
}

// Describe names the metrics.
func (c *collector) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range c.descriptions {
		descriptions <- d
	}
}

// Collect reads the metrics.
func (c *collector) Collect(found chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.read(ctx, found); err != nil {
		found <- prometheus.NewInvalidMetric(c.descriptions[0], err)
	}
}

// organismes tells of each organisme when it last pushed and whether it has
// fallen silent.
func organismes(h *hub.Hub) *collector {
	return &collector{[]*prometheus.Desc{silent, lastPush, active}, func(ctx context.Context, found chan<- prometheus.Metric) error {
		states, err := h.Journal.States(ctx)
		if err != nil {
			return err
		}
		for _, s := range states {
			id := strconv.FormatInt(s.Organisme, 10)
			muet := 0.0
			if s.Silence.Muet {
				muet = 1
			}
			found <- prometheus.MustNewConstMetric(silent, prometheus.GaugeValue, muet, id)
			if !s.Silence.Dernier.IsZero() {
				found <- prometheus.MustNewConstMetric(lastPush, prometheus.GaugeValue, float64(s.Silence.Dernier.UnixMilli())/1000, id)
			}
			found <- prometheus.MustNewConstMetric(active, prometheus.GaugeValue, float64(s.Transmis), id, "transmis")
			found <- prometheus.MustNewConstMetric(active, prometheus.GaugeValue, float64(s.Integres), id, "integres")
		}
		return nil
	}}
}

var (
	lastPush = prometheus.NewDesc("passerelle_organisme_last_push_timestamp_seconds", "When the organisme last pushed.", []string{"organisme"}, nil)
	silent   = prometheus.NewDesc("passerelle_organisme_silent", "1 where an organisme that usually pushes has not for three times as long.", []string{"organisme"}, nil)
	active   = prometheus.NewDesc("passerelle_organisme_contrats", "Active contracts of the organisme.", []string{"organisme", "etat"}, nil)
)

// replica tells whether long reads reach the replica.
func replica(h *hub.Hub) *collector {
	return &collector{[]*prometheus.Desc{replicaReads}, func(_ context.Context, found chan<- prometheus.Metric) error {
		fromReplica, fromDatabase, _ := h.ReplicaReads()
		found <- prometheus.MustNewConstMetric(replicaReads, prometheus.CounterValue, float64(fromReplica), "replica")
		found <- prometheus.MustNewConstMetric(replicaReads, prometheus.CounterValue, float64(fromDatabase), "database")
		return nil
	}}
}

var replicaReads = prometheus.NewDesc("passerelle_replica_reads_total", "Long reads, by who answered: the replica, or the database where the replica was out of reach or too far behind.", []string{"answered"}, nil)

// delivered counts an attempt at a delivery.
func (m *metrics) delivered(failure domaine.ErreurLivraison) {
	result := string(failure)
	if result == "" {
		result = "delivered"
	}
	m.webhooks.WithLabelValues(result).Inc()
}

// webhookStates tells of each organisme that has webhooks how much waits for
// them, and how many have failed for days.
func webhookStates(h *hub.Hub) *collector {
	return &collector{[]*prometheus.Desc{webhooksFailing, webhooksWaiting}, func(ctx context.Context, found chan<- prometheus.Metric) error {
		states, err := h.Webhooks.WebhookStates(ctx)
		if err != nil {
			return err
		}
		waiting, failing := map[int64]int{}, map[int64]int{}
		for i := range states {
			s := &states[i]
			waiting[s.Organisme] += s.EnAttente
			failing[s.Organisme] += 0
			if s.EnEchec(h.Now()) {
				failing[s.Organisme]++
			}
		}
		for organisme, n := range waiting {
			id := strconv.FormatInt(organisme, 10)
			found <- prometheus.MustNewConstMetric(webhooksWaiting, prometheus.GaugeValue, float64(n), id)
			found <- prometheus.MustNewConstMetric(webhooksFailing, prometheus.GaugeValue, float64(failing[organisme]), id)
		}
		return nil
	}}
}

var (
	webhooksWaiting = prometheus.NewDesc("passerelle_webhook_events_waiting", "Events that wait to be delivered to the webhooks of the organisme.", []string{"organisme"}, nil)
	webhooksFailing = prometheus.NewDesc("passerelle_webhooks_failing", "Webhooks of the organisme that have failed for three days, or that answered 410 and are off.", []string{"organisme"}, nil)
)
