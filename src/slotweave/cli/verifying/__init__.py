"""The modes of `slotweave verify`: what each is asked, calls, and shows."""
